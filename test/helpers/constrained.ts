import Ajv from "ajv/dist/2020";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { expect } from "vitest";
import type { ConstraintSpec, GPT } from "../../src/index";
import { expressions, schemas, wholeText } from "../sampling/constraint/random-specs";
import { completed, constrain } from "../sampling/constraint/vocabulary";

/** A constraint, and what its texts have to be in someone else's eyes. */
interface Held {
  constraint: ConstraintSpec;
  holds(text: string): boolean;
}

const ajv = addFormats(new Ajv({ strict: false }));

function heldSchema(jsonSchema: object): Held {
  const valid = ajv.compile(jsonSchema);
  return { constraint: { jsonSchema }, holds: (text) => valid(JSON.parse(text)) };
}

const heldExpression = (regex: RegExp): Held => ({
  constraint: { regex },
  holds: (text) => wholeText(regex).test(text),
});

/**
 * The model writes under `count` random schemas and as many random expressions, sampling: each text that ends by itself
 * validates; of the others the finish reason says that the limit came first, and with a few more bytes they validate.
 * Returns how many ended by themselves, and how many were so completed.
 */
export async function writeConstrained(gpt: GPT, count: number, seed: number) {
  const held = [
    ...fc.sample(schemas, { numRuns: count, seed }).map(heldSchema),
    ...fc.sample(expressions, { numRuns: count, seed }).map(heldExpression),
  ];
  const ways = [{ temperature: 1 }, { temperature: 1.5, topK: 200 }, { temperature: 0.8, topP: 0.95 }, { minP: 0.02 }];
  const found = { ended: 0, completed: 0 };
  for (const [i, { constraint, holds }] of held.entries()) {
    const options = { ...ways[i % ways.length], constraint, seed: seed + i, maxNewTokens: 100 };
    const { text, finishReason } = await gpt.generate("Once upon a time", options);
    expect(["stop-token", "length"]).toContain(finishReason);
    const ended = finishReason === "stop-token";
    const whole = ended ? text : completed(constrain(constraint), text.replace(/\uFFFD$/, ""));
    if (whole === undefined) continue;
    expect(holds(whole), `${JSON.stringify(constraint, showExpression)} ${JSON.stringify(whole)}`).toBe(true);
    found[ended ? "ended" : "completed"]++;
  }
  return found;
}

const showExpression = (_: string, value: unknown): unknown => (value instanceof RegExp ? String(value) : value);
