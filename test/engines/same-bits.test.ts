import { expect, test } from "vitest";
import { ISOLATED } from "../../tools/static-server.ts";
import { inEngine } from "./engine.ts";

/** Digests of logits, a drawn text and what ran, for each format; and what an untrained model computes. */
const SCRIPT = `
const digest = async (values) =>
  Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", values)), (byte) => byte.toString(16).padStart(2, "0")).join("");
export async function report({ loadModel, createModel }) {
  const found = [];
  for (const format of ["f32", "f16", "q8_0", "q4_0"]) {
    const gpt = await loadModel("/model/", { format, kernels: "simd", tokenizer: format === "f16" ? "huggingface" : "web-tokenizers" });
    const ids = Array.from({ length: 200 }, (_, i) => (i * 7919) % gpt.config.vocabSize);
    const logits = await digest(await gpt.logits(ids));
    const pieces = [];
    for await (const piece of gpt.generate("Once upon a time", { temperature: 0.9, topP: 0.95, seed: 7, maxNewTokens: 60 })) pieces.push(piece);
    const { threads, kernels } = gpt.info;
    found.push({ format, kernels, threads, logits, text: pieces.join("") });
    gpt.dispose();
  }
  const gpt = await createModel({ vocabSize: 500, contextLength: 64, embDim: 96, nHeads: 4, nLayers: 3 }, { seed: 5, kernels: "simd" });
  found.push({ made: await digest(await gpt.logits([1, 2, 3, 4, 5, 499])) });
  return found;
}
`;

interface Found {
  threads?: number;
  logits?: string;
  text?: string;
  made?: string;
}

const bits = (found: readonly Found[]) => found.map(({ threads: _, ...rest }) => rest);

test.each([
  ["one thread", {}],
  ["threads", ISOLATED],
])("plain kernels give the same bits in Chromium, Firefox and WebKit: %s", async (_, headers) => {
  const chromium = await inEngine<Found[]>("chromium", SCRIPT, headers);
  expect(chromium).toHaveLength(5);
  for (const { text } of chromium.slice(0, 4)) expect(text?.length).toBeGreaterThan(100);
  const firefox = await inEngine<Found[]>("firefox", SCRIPT, headers);
  expect(bits(firefox)).toEqual(bits(chromium));
  expect(firefox[0]?.threads).toBe(chromium[0]?.threads);
  const webkit = await inEngine<Found[]>("webkit", SCRIPT, headers); // GTK's does not isolate pages: one thread
  expect(bits(webkit)).toEqual(bits(chromium));
});

const ODDITIES = `
export async function report({ loadModel, support }) {
  const gpt = await loadModel("/model/");
  const control = new AbortController();
  const run = gpt.generate("The fox", { maxNewTokens: 400, temperature: 0, stopTokens: [], signal: control.signal });
  let count = 0;
  for await (const _ of run.tokens()) if (++count === 5) control.abort();
  const { finishReason } = await run;
  const session = gpt.session();
  await session.generate("A cat", { maxNewTokens: 8, temperature: 0 });
  const { text } = await session.generate(" and a dog", { maxNewTokens: 8, temperature: 0 });
  const { activations } = await gpt.trace("A cat sat", { hooks: ["blocks.0.attn.pattern"] });
  const json = await gpt.generate("Name:", { constraint: { regex: "[a-z]{3,8}" }, seed: 1 });
  const { kernels, kernelsReason } = gpt.info;
  gpt.dispose();
  const refused = await loadModel("/nowhere/").then(() => "", ({ code }) => code);
  return { finishReason, text, hooks: Object.keys(activations), word: json.text, kernels, kernelsReason, refused, support: support() };
}
`;

test.each([
  ["firefox", { simd: true, threads: true, isolation: true }],
  ["webkit", { simd: true }],
] as const)("%s: abort, sessions, hooks, constraints, errors", async (engine, support) => {
  const found = await inEngine<Record<string, unknown>>(engine, ODDITIES, ISOLATED);
  console.log(engine, found);
  expect(found).toMatchObject({ finishReason: "aborted", hooks: ["blocks.0.attn.pattern"], refused: "http-error" });
  expect(found.word).toMatch(/^[a-z]{3,8}$/);
  expect(found.support).toMatchObject(support);
});
