import type { GenerateOptions } from "../src/index";

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
  maxNewTokens: number;
  /** Left out, each run draws its own. */
  seed?: number;
  stop: string[];
  onContextFull: "slide" | "stop";
}

type NumberKey = Exclude<keyof Settings, "seed" | "stop" | "onContextFull">;

/** One dial of the page. */
export interface Dial {
  key: NumberKey;
  label: string;
  kind: "range" | "number";
  min: number;
  max: number;
  step: number;
  /** Where the option does nothing, so it need not be sent; without, it always is. */
  off?: number;
  hint: string;
  /** In sight from the start; the others wait behind "More". */
  open?: true;
}

/** Every dial, in the page's order. */
export const DIALS: readonly Dial[] = [
  {
    key: "temperature",
    label: "Temperature",
    kind: "range",
    min: 0,
    max: 2,
    step: 0.05,
    hint: "0 always takes the likeliest token",
    open: true,
  },
  {
    key: "topP",
    label: "Top-p",
    kind: "range",
    min: 0.05,
    max: 1,
    step: 0.01,
    off: 1,
    hint: "the fewest tokens that together are this likely; 1 keeps all",
    open: true,
  },
  {
    key: "minP",
    label: "Min-p",
    kind: "range",
    min: 0,
    max: 1,
    step: 0.01,
    off: 0,
    hint: "drops what is less likely than this share of the likeliest",
  },
  {
    key: "typicalP",
    label: "Typical-p",
    kind: "range",
    min: 0.05,
    max: 1,
    step: 0.01,
    off: 1,
    hint: "keeps tokens about as surprising as the model expects",
  },
  {
    key: "topK",
    label: "Top-k",
    kind: "number",
    min: 0,
    max: 1000,
    step: 1,
    off: 0,
    hint: "so many of the likeliest; 0 keeps all",
  },
  {
    key: "repetitionPenalty",
    label: "Repetition penalty",
    kind: "range",
    min: 1,
    max: 2,
    step: 0.01,
    off: 1,
    hint: "makes tokens already there less likely",
  },
  {
    key: "presencePenalty",
    label: "Presence penalty",
    kind: "range",
    min: -2,
    max: 2,
    step: 0.1,
    off: 0,
    hint: "once for a token already there",
  },
  {
    key: "frequencyPenalty",
    label: "Frequency penalty",
    kind: "range",
    min: -2,
    max: 2,
    step: 0.1,
    off: 0,
    hint: "again each time it is there",
  },
  {
    key: "noRepeatNgramSize",
    label: "No-repeat n-gram",
    kind: "number",
    min: 0,
    max: 50,
    step: 1,
    off: 0,
    hint: "so many tokens in a row come only once; 0 allows all",
  },
  { key: "maxNewTokens", label: "New tokens", kind: "number", min: 1, max: 100000, step: 1, hint: "at most" },
];

const LARGEST_SEED = 2 ** 32 - 1;

/** The seed's range, for the field and for links. */
export const SEED = { min: 0, max: LARGEST_SEED } as const;

/** How many digits after the point a dial shows, so that its number never changes width. */
export function placesOf({ step }: Dial): number {
  return step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
}

/** What `generate()` is asked: dials at rest are left out. */
export function optionsOf(settings: Settings): GenerateOptions {
  const numbers = DIALS.filter(({ key, off }) => settings[key] !== off).map(({ key }) => [key, settings[key]]);
  const { seed, stop, onContextFull } = settings;
  return {
    ...Object.fromEntries(numbers),
    ...(seed === undefined ? {} : { seed }),
    ...(stop.length > 0 ? { stop } : {}),
    onContextFull,
  };
}

/** The dials behind "More" that do something, in words: `min-p 0.08 · repetition penalty 1.12`. */
export function inForce(settings: Settings): string {
  const dials = DIALS.filter((dial) => !dial.open && dial.off !== undefined && settings[dial.key] !== dial.off);
  return dials.map((dial) => `${dial.label.toLowerCase()} ${settings[dial.key].toFixed(placesOf(dial))}`).join(" · ");
}

/** A link's tail: the prompt, and the settings that differ from the defaults. */
export function toHash(prompt: string, settings: Settings, defaults: Settings): string {
  const pairs = new URLSearchParams({ prompt });
  for (const { key } of DIALS) if (settings[key] !== defaults[key]) pairs.set(key, String(settings[key]));
  if (settings.seed !== undefined) pairs.set("seed", String(settings.seed));
  for (const text of settings.stop) pairs.append("stop", text);
  if (settings.onContextFull !== defaults.onContextFull) pairs.set("onContextFull", settings.onContextFull);
  return `#${pairs}`;
}

/** Reads a link's tail; what is missing, out of range or not a number is as in the defaults. */
export function fromHash(hash: string, defaults: Settings): { prompt: string | undefined; settings: Settings } {
  const pairs = new URLSearchParams(hash.replace(/^#/, ""));
  const settings: Settings = { ...defaults, stop: pairs.getAll("stop").filter((text) => text !== "") };
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

/** Stop texts as written in the field: one a line, `\n` for a line break. */
export function stopsOf(field: string): string[] {
  return field
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\\n/g, "\n"));
}

/** The field of these stop texts. */
export function stopField(stops: readonly string[]): string {
  return stops.map((text) => text.replace(/\n/g, "\\n")).join("\n");
}
