import type { ConstraintSpec, GenerateOptions } from "../src/index";
import { DIALS, placesOf } from "./dials";

/** What the reader can turn; a number at its `off` value does nothing. */
export interface Settings {
  temperature: number;
  topP: number;
  topK: number;
  minP: number;
  typicalP: number;
  repetitionPenalty: number;
  presencePenalty: number;
  frequencyPenalty: number;
  noRepeatNgramSize: number;
  n: number;
  numBeams: number;
  maxNewTokens: number;
  /** Left out, each run draws its own. */
  seed?: number;
  stop: string[];
  badWords: string[];
  /** A regular expression or a JSON schema; empty, anything. */
  constraint: string;
  /** Options that have no field of their own, an object in JSON; empty, none. */
  other: string;
  onContextFull: "slide" | "stop";
}

const LARGEST_SEED = 2 ** 32 - 1;

/** The seed's range, for the field and for links. */
export const SEED = { min: 0, max: LARGEST_SEED } as const;

/** Fields of several texts, and of one. */
const LISTS = ["stop", "badWords"] as const;
const TEXTS = ["constraint", "other"] as const;

/** What `generate()` is asked: dials at rest are left out, and those of drawing in a search. Throws where `faultOf` has words. */
export function optionsOf(settings: Settings): GenerateOptions {
  const searches = settings.numBeams > 1;
  const dials = DIALS.filter(({ key, off, draws }) => settings[key] !== off && !(searches && draws));
  const lists = LISTS.filter((key) => settings[key].length > 0);
  const { seed, constraint, other, onContextFull } = settings;
  return {
    ...Object.fromEntries([...dials.map(({ key }) => key), ...lists].map((key) => [key, settings[key]])),
    ...(seed === undefined ? {} : { seed }),
    ...(constraint.trim() === "" ? {} : { constraint: READERS.constraint(constraint) }),
    onContextFull: searches ? "stop" : onContextFull,
    ...READERS.other(other),
  };
}

/** Fields that can be wrong in ways the browser does not know: a `SyntaxError` for what is no JSON, a `TypeError` for other JSON. */
const READERS = {
  /** A schema stands in braces. Line ends after an expression are the field's: `\n` asks for one. */
  constraint: (text: string): ConstraintSpec =>
    /^\s*\{(?!\d)/.test(text) ? { jsonSchema: JSON.parse(text) } : { regex: text.replace(/\n+$/, "") },
  other(text: string): GenerateOptions {
    const found: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found;
    throw new TypeError('Expected an object, as { "stats": true }.');
  },
};

/** What is wrong with the text of a field, as far as the page can say. */
export function faultOf(field: keyof typeof READERS, text: string): string {
  try {
    READERS[field](text);
    return "";
  } catch (error) {
    return error instanceof TypeError
      ? error.message
      : `This is no JSON: ${error instanceof Error ? error.message : error}`;
  }
}

/** The options of the last field; none while it can't be read. */
export const othersOf = ({ other }: Settings): GenerateOptions => (faultOf("other", other) ? {} : READERS.other(other));

/** Why so many texts can't come of dials that each hold by themselves, in the dials' words. */
export function faultOfTexts(settings: Settings): string {
  const { n, numBeams, temperature } = { ...settings, ...othersOf(settings) };
  if (numBeams > 1) return n > numBeams ? `A search with ${numBeams} beams gives at most ${numBeams} texts.` : "";
  return n > 1 && temperature === 0 ? "With temperature 0 all texts are the same: ask for one, or turn it up." : "";
}

/** The dials behind "More" that do something, in words: `min-p 0.08 · repetition penalty 1.12`. */
export function inForce(settings: Settings): string {
  const searches = settings.numBeams > 1;
  const dials = DIALS.filter(
    (dial) => !dial.open && !(searches && dial.draws) && dial.off !== undefined && settings[dial.key] !== dial.off,
  );
  const filled = dials.filter(({ key }) => !Number.isNaN(settings[key]));
  const words = filled.map((dial) => `${dial.label.toLowerCase()} ${settings[dial.key].toFixed(placesOf(dial))}`);
  const others = Object.keys(othersOf(settings));
  return [...words, ...(settings.constraint.trim() === "" ? [] : ["must match"]), ...others].join(" · ");
}

/** A link's tail: the prompt, and the settings that differ from the defaults. */
export function toHash(prompt: string, settings: Settings, defaults: Settings): string {
  const pairs = new URLSearchParams({ prompt });
  for (const { key } of DIALS) if (settings[key] !== defaults[key]) pairs.set(key, String(settings[key]));
  if (settings.seed !== undefined) pairs.set("seed", String(settings.seed));
  for (const key of LISTS) for (const text of settings[key]) pairs.append(key, text);
  for (const key of TEXTS) if (settings[key] !== defaults[key]) pairs.set(key, settings[key]);
  if (settings.onContextFull !== defaults.onContextFull) pairs.set("onContextFull", settings.onContextFull);
  return `#${pairs}`;
}

/** Reads a link's tail; what is missing, out of range or not a number is as in the defaults. */
export function fromHash(hash: string, defaults: Settings): { prompt: string | undefined; settings: Settings } {
  const pairs = new URLSearchParams(hash.replace(/^#/, ""));
  const settings: Settings = { ...defaults };
  for (const key of TEXTS) settings[key] = pairs.get(key) ?? defaults[key];
  for (const key of LISTS) settings[key] = pairs.getAll(key).filter((text) => text !== "");
  for (const { key, min, max } of DIALS) {
    settings[key] = numberIn(pairs.get(key), min, max) ?? defaults[key];
  }
  const seed = numberIn(pairs.get("seed"), SEED.min, SEED.max);
  if (seed !== undefined) settings.seed = Math.floor(seed);
  const full = pairs.get("onContextFull");
  if (full === "slide" || full === "stop") settings.onContextFull = full;
  return { prompt: pairs.get("prompt") ?? undefined, settings };
}

function numberIn(text: string | null, min: number, max: number): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** Texts as written in a field: one a line, `\n` for a line break. */
export function textsOf(field: string): string[] {
  return field
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\\n/g, "\n"));
}

/** The field of these texts. */
export function fieldOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/\n/g, "\\n")).join("\n");
}
