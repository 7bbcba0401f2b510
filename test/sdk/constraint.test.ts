import Ajv from "ajv";
import { expect, test } from "vitest";
import { z } from "zod";
import { createModel, type GPT, loadModel } from "../../src/index";
import { writeConstrained } from "../helpers/constrained";

const model = (): Promise<GPT> => loadModel("/demo/public/model/", { tokenizer: "huggingface" });

test("what a regular expression asks for is what is written", async () => {
  using gpt = await model();
  const cases = [
    /(yes|no)/,
    /[A-Z][a-z]{2,9} (said|ran)\./,
    /\d{1,3}-\d{2}/,
    /(the |a )?(cat|dog|hen)s?/,
    /"[a-z ]{3,12}"/,
  ];
  for (const [seed, regex] of cases.entries()) {
    const { text, finishReason } = await gpt.generate("Once upon a time", {
      constraint: { regex },
      seed,
      maxNewTokens: 40,
    });
    expect(text).toMatch(new RegExp(`^(?:${regex.source})$`));
    expect(finishReason).toBe("stop-token");
  }
});

const SCHEMAS = [
  {
    type: "object",
    properties: { name: { type: "string", maxLength: 8 }, age: { type: "integer" } },
    required: ["name", "age"],
  },
  { type: "array", items: { enum: ["cat", "dog", 3] }, minItems: 1, maxItems: 3 },
  { anyOf: [{ type: "boolean" }, { type: "null" }] },
];

test("what a JSON schema asks for parses and validates", async () => {
  using gpt = await model();
  const ajv = new Ajv();
  let ended = 0;
  for (const [seed, jsonSchema] of SCHEMAS.entries()) {
    const options = { constraint: { jsonSchema }, seed, maxNewTokens: 120, temperature: 0.8 };
    const { text, finishReason } = await gpt.generate("Once upon a time", options);
    if (finishReason === "length") continue; // the limit came first, and is what the reason says
    expect(finishReason).toBe("stop-token");
    expect(ajv.validate(jsonSchema, JSON.parse(text)), text).toBe(true);
    ended++;
  }
  expect(ended).toBeGreaterThan(1);
});

test("an answer under what zod writes of a schema parses as one", async () => {
  using gpt = await model();
  const Answer = z.object({ name: z.string().max(20), when: z.iso.date(), pair: z.tuple([z.int(), z.boolean()]) });
  const constraint = { jsonSchema: z.toJSONSchema(Answer) };
  const { text, finishReason } = await gpt.generate("Once upon a time", { constraint, seed: 1, maxNewTokens: 100 });
  expect(finishReason).toBe("stop-token");
  expect(Answer.parse(JSON.parse(text))).toEqual(JSON.parse(text));
});

test("under random schemas and expressions each text validates (500 of them in test/full)", async () => {
  using gpt = await model();
  const { ended, completed } = await writeConstrained(gpt, 12, 7);
  expect(ended).toBeGreaterThan(9);
  expect(ended + completed).toBeGreaterThan(20);
});

test("a limit that comes first is the finish reason", async () => {
  using gpt = await model();
  const { text, finishReason } = await gpt.generate("Once", {
    constraint: { regex: "[a-z]{60}" },
    maxNewTokens: 3,
    seed: 1,
  });
  expect(finishReason).toBe("length");
  expect(text).toMatch(/^[a-z]+$/);
});

test("each of several sequences matches", async () => {
  using gpt = await model();
  const { sequences = [] } = await gpt.generate("Once", { constraint: { regex: "[0-9]{4}" }, n: 3, seed: 4 });
  expect(sequences.map(({ text }) => text)).toHaveLength(3);
  for (const { text } of sequences) expect(text).toMatch(/^[0-9]{4}$/);
});

test("a model without a tokenizer has no text to constrain", async () => {
  using gpt = await createModel({ vocabSize: 9, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1 }, { seed: 1 });
  await expect(gpt.generate([1], { constraint: { regex: "a" } })).rejects.toMatchObject({ code: "no-tokenizer" });
});
