import { isObject, isTokenId, isWhole, show } from "../values";

/** What the model brings to the options: sizes, its end tokens, and its tokenizer for options that may be given as text. */
export interface OptionContext {
  vocabSize: number;
  contextLength: number;
  /** Used where `stopTokens` is not given; default none. */
  stopTokens?: readonly number[];
  /** Text → ids; without it, text in `badWords` is refused. */
  encode?: (text: string) => ArrayLike<number>;
}

/** A kind of value: its range in words, and what is wrong with a value (`undefined` when nothing is). */
export interface Check {
  range(context: OptionContext): string;
  fault(value: unknown, context: OptionContext): string | undefined;
}

/** For values that don't depend on the model. */
const NO_MODEL: OptionContext = { vocabSize: 0, contextLength: 0 };

/** Throws a `TypeError` that names the value where something is wrong with it. */
export function ensure(name: string, value: unknown, check: Check, context = NO_MODEL): void {
  const fault = check.fault(value, context);
  if (fault !== undefined) throw new TypeError(`${name}: found ${fault}; allowed: ${check.range(context)}`);
}

/** Values that are good or not. */
export const simple = (range: string, good: (value: unknown, context: OptionContext) => boolean): Check => ({
  range: () => range,
  fault: (value, context) => (good(value, context) ? undefined : show(value)),
});

const upTo = (most: number): string => {
  if (most === Infinity) return "up, or Infinity";
  return most >= Number.MAX_SAFE_INTEGER ? "up" : `to ${most}`;
};

/** Integers from `least` to `most`; `Infinity` is one only where `most` is `Infinity`. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Check =>
  simple(
    `a whole number from ${least} ${upTo(most)}`,
    (value) => isWhole(value, least, most) || (value === Infinity && most === Infinity),
  );

/** Finite numbers from `least` to `most`. */
export const number = (least: number, most = Number.MAX_VALUE): Check =>
  simple(
    `a finite number from ${least} ${upTo(most)}`,
    (value) => typeof value === "number" && value >= least && value <= most,
  );

/** Numbers above 0. */
export const positive: Check = simple(
  "a finite number above 0",
  (value) => typeof value === "number" && value > 0 && value < Infinity,
);

/** A time in milliseconds, which may have no end. */
export const duration: Check = simple(
  "milliseconds: a number from 0 up, or Infinity",
  (value) => typeof value === "number" && value >= 0,
);

/** One of these values. */
export const oneOf = (...values: readonly unknown[]): Check =>
  simple(values.map(show).join(" or "), (value) => values.includes(value));

const lastId = ({ vocabSize }: OptionContext): string => `from 0 to ${vocabSize - 1}`;

/** An array of token ids, with at least `least` of them. */
export const ids = (least: number): Check => ({
  range: (context) => `an array of ${least > 0 ? "at least one token id" : "token ids"} ${lastId(context)}`,
  fault(value, context) {
    if (!Array.isArray(value) || value.length < least) return show(value);
    const bad = value.findIndex((id) => !isTokenId(id, context.vocabSize));
    return bad < 0 ? undefined : `${show(value[bad])} at place ${bad}`;
  },
});

/** Token id → number from -limit to limit. */
export const biases = (limit: number): Check => ({
  range: (context) => `an object of token ids ${lastId(context)}, each with a number from -${limit} to ${limit}`,
  fault(value, context) {
    if (!isObject(value)) return show(value);
    const bad = Object.entries(value).find(
      ([id, bias]) =>
        String(Number(id)) !== id ||
        !isTokenId(Number(id), context.vocabSize) ||
        typeof bias !== "number" ||
        !(Math.abs(bias) <= limit),
    );
    return bad && `{ ${show(bad[0])}: ${show(bad[1])} }`;
  },
});

/** Any text. */
export const text: Check = simple("a text", (value) => typeof value === "string");

/** Whether a value is a text, and not an empty one. */
export const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0;

/** A text or an array of texts, none empty. */
export const texts: Check = {
  range: () => "a text or an array of texts, none of them empty",
  fault(value) {
    if (isText(value)) return undefined;
    if (!Array.isArray(value)) return show(value);
    const bad = value.findIndex((text) => !isText(text));
    return bad < 0 ? undefined : `${show(value[bad])} at place ${bad}`;
  },
};

/** An array of sequences, each a text or an array of ids, none empty. */
export const sequences: Check = {
  range: (context) => `an array of ${context.encode ? "texts or " : ""}arrays of ids ${lastId(context)}, none empty`,
  fault(value, context) {
    if (!Array.isArray(value)) return show(value);
    const bad = value.findIndex((one) =>
      typeof one === "string" ? !context.encode || one === "" : ids(1).fault(one, context) !== undefined,
    );
    return bad < 0 ? undefined : `${show(value[bad])} at place ${bad}`;
  },
};

/** Something that can be aborted. */
export const abortSignal: Check = simple(
  "an AbortSignal",
  (value) => typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value,
);

/** Exactly one of `regex` and `jsonSchema`. */
export const constraint: Check = {
  range: () => "{ regex: a text or RegExp } or { jsonSchema: an object or true }",
  fault(value) {
    if (!isObject(value)) return show(value);
    const keys = Object.keys(value);
    if (keys.length !== 1) return `an object with the keys ${show(keys)}`;
    if ("regex" in value) {
      return typeof value.regex === "string" || value.regex instanceof RegExp
        ? undefined
        : `regex: ${show(value.regex)}`;
    }
    if (!("jsonSchema" in value)) return `an object with the keys ${show(keys)}`;
    const schema = value.jsonSchema;
    return schema === true || isObject(schema) ? undefined : `jsonSchema: ${show(schema)}`;
  },
};
