import type { FormatName, Progress } from "../src/index";

/** What the pages say while they open a model, in one language. Backticks set a word as code. */
export interface ModelWords {
  form: {
    drop: string;
    address: string;
    numbers: string;
    load: string;
    choose: string;
    cancel: string;
    back: string;
    formats: Record<FormatName, string>;
  };
  files: {
    /** The files that are missing, and those that were found, by name. */
    missing(names: readonly string[], found: readonly string[]): string;
    tokenizer: string;
  };
  loading: {
    label: string;
    phases: Record<Progress["phase"], string>;
    ready: string;
    left(time: string): string;
    of: string;
  };
}

export const ENGLISH: ModelWords = {
  form: {
    drop: "Drop its files anywhere on this page: `config.json`, `model.safetensors` and `tokenizer.json`, or one `.gguf`. Or paste its address.",
    address: "Address or hub id",
    numbers: "Numbers",
    load: "Load",
    choose: "Choose files…",
    cancel: "Cancel",
    back: "Back to the story model",
    formats: {
      q8_0: "q8_0 · 8 bits",
      q4_0: "q4_0 · 4 bits, half the memory",
      f16: "f16 · 16 bits",
      f32: "f32 · 32 bits, exact",
    },
  },
  files: {
    missing: (names, found) =>
      `${listed(names)} ${names.length > 1 ? "are" : "is"} missing; found ${found.join(", ") || "nothing"}.`,
    tokenizer: "tokenizer.json (or vocab.json and merges.txt)",
  },
  loading: {
    label: "Loading",
    phases: { download: "Downloading", cache: "Reading what an earlier visit kept", read: "Reading", make: "Making" },
    ready: "Getting ready",
    left: (time) => `${time} left`,
    of: "of",
  },
};

/** `a, b and c` */
function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
}
