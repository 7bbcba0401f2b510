import type { GPT } from "../../src/index";
import type { Numbers } from "../numbers";
import type { Texts } from "./languages";

/** One question of the lab: a section of the page. Its texts have the same key. */
export interface Panel {
  key: PanelKey;
  /** The activations it shows, by name (docs/hooks.md). */
  hooks: readonly string[];
  /** Where what it shows is computed, from the repository's root. */
  source: string;
  /** Puts what stays into the place, controls too, and gives back what draws the model's values there. */
  build(place: Place): Draw;
}

export type PanelKey = keyof Texts["panels"];

/** Computes and draws; called anew when the sentence or the model changes. What it throws is shown in the panel. */
export type Draw = (given: Given) => Promise<void>;

/** Where a panel stands, and how it speaks. */
export interface Place {
  /** Takes the panel's controls and figures. */
  readonly body: HTMLElement;
  readonly texts: Texts;
  readonly numbers: Numbers;
  /** Writes the one sentence that answers the panel's question; backticks set a word as code. */
  answer(sentence: string): void;
  /** Has the panel drawn again, after a control was used. */
  redraw(): void;
}

/** What a panel draws from. */
export interface Given {
  readonly gpt: GPT;
  /** The sentence's tokens, and each one's text with its white space made visible. */
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  /** Aborted as soon as another sentence or model has come: `await step(…)` is the easy way to heed it. */
  readonly signal: AbortSignal;
  /** Waits for a part of the work, then throws the signal's reason if nobody waits for the rest. */
  step<T>(part: Promise<T>): Promise<T>;
  /** How far long work has come, 0 to 1. */
  progress(share: number): void;
}
