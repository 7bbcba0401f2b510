import { choice, type Expression, repeat, sequence } from "../expression";

/** The fewest and the most code points of an expression's texts. */
type Lengths = readonly [least: number, most: number];

function lengths(expression: Expression): Lengths {
  switch (expression.kind) {
    case "set":
      return [1, 1];
    case "sequence":
      return expression.parts.map(lengths).reduce<Lengths>(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    case "choice": {
      const all = expression.options.map(lengths);
      return [Math.min(...all.map(([least]) => least)), Math.max(...all.map(([, most]) => most))];
    }
    case "repeat": {
      const [least, most] = lengths(expression.part);
      const { min, max } = expression;
      return [least * min, most === 0 || max === 0 ? 0 : most * max];
    }
    case "members":
    case "prefix":
    case "list":
      return [0, Infinity];
  }
}

const isFixed = ([least, most]: Lengths): boolean => least === most;

/**
 * An expression's texts of min to max code points: where all are, where one part repeats parts of one length and the others
 * have one, and choices of these. Undefined where it is not as simple, or there is none.
 */
export function ofLength(expression: Expression, min: number, max: number): Expression | undefined {
  const [least, most] = lengths(expression);
  if (least >= min && most <= max) return expression;
  switch (expression.kind) {
    case "sequence": {
      const { parts } = expression;
      const loose = parts.filter((part) => !isFixed(lengths(part)));
      const [part] = loose;
      if (!part || loose.length > 1) return undefined;
      const others = least - lengths(part)[0];
      const fitting = ofLength(part, min - others, max - others);
      return fitting && sequence(...parts.map((one) => (one === part ? fitting : one)));
    }
    case "repeat": {
      const each = lengths(expression.part);
      const fewest = Math.max(expression.min, Math.ceil(min / each[0]));
      const times = Math.min(expression.max, Math.floor(max / each[0]));
      return isFixed(each) && fewest <= times ? repeat(expression.part, fewest, times) : undefined;
    }
    case "choice": {
      const near = expression.options.filter((option) => overlaps(lengths(option), [min, max]));
      const fitting = near.flatMap((option) => ofLength(option, min, max) ?? []);
      return near.length > 0 && fitting.length === near.length ? choice(fitting) : undefined;
    }
    default:
      return undefined;
  }
}

const overlaps = ([a, b]: Lengths, [c, d]: Lengths): boolean => a <= d && b >= c;
