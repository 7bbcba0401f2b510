import { ENGLISH } from "../../words";
import { activations } from "./en/activations";
import { attention } from "./en/attention";
import { block } from "./en/block";
import { embeddings } from "./en/embeddings";
import { generating } from "./en/generating";
import { model } from "./en/model";
import { normalisation } from "./en/normalisation";
import { shortcuts } from "./en/shortcuts";

/** All that the lab says, in English; the other languages are typed by it. Backticks set a word as code. */
export const en = {
  title: "Lab",
  tagline: "Inside a GPT: every part of the chapter, live.",
  story: "Story",
  pages: "Pages",
  language: "Language",
  questions: "Questions",
  sentence: {
    label: "The sentence that every panel reads",
    one: "1 token:",
    count: (all: string) => `${all} tokens:`,
    cut: (all: string, shown: string) => `first ${shown} of ${all} tokens:`,
    empty: "Write a few words, and the panels read them.",
  },
  model: {
    ...ENGLISH,
    title: "The model",
    kinds: {
      story: "The story model, trained",
      untrained: "The same, untrained",
      own: "Your own",
    },
    storyName: "The story model",
    untrainedName: "Untrained",
    facts: (name: string, parameters: string, layers: number, heads: number, width: string) =>
      `${name}: ${parameters} parameters, ${layers} layers of ${heads} heads, ${width} wide.`,
  },
  layer: "Layer",
  head: "Head",
  working: "Computing",
  library: "The library says:",
  failed: "This panel can't be drawn.",
  from: (hooks: readonly string[], source: string) =>
    hooks.length > 0 ? `Shows ${hooks.join(", ")}; computed in ${source}.` : `Computed in ${source}.`,
  panels: { embeddings, normalisation, activations, attention, shortcuts, block, model, generating },
};
