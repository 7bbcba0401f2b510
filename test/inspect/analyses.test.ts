import { expect, test } from "vitest";
import { createModel } from "../../src/index";
import { goldenFile, tensorOf } from "../helpers/golden";
import { found, goldenModel } from "../helpers/models";

const WIDTH = 52;
const VOCAB = 300;

async function goldenIds(name: string): Promise<number[]> {
  return (await (await fetch(`/test/golden/${name}/expected.json`)).json()).ids;
}

const row = (data: ArrayLike<number>, t: number, width: number) => Array.from(data).slice(t * width, (t + 1) * width);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);

/** LayerNorm and the tied head of head26 on PyTorch's own stream, in f64. */
async function lensOfPyTorch(hook: string, t: number): Promise<number[]> {
  const weights = await goldenFile("head26/model.safetensors");
  const x = row(tensorOf(await goldenFile("head26/activations.safetensors"), hook), t, WIDTH);
  const mean = dot(
    x,
    x.map(() => 1 / WIDTH),
  );
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2 / WIDTH, 0);
  const [scale, shift] = ["weight", "bias"].map((name) => tensorOf(weights, `ln_f.${name}`));
  const normalized = x.map(
    (value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * (scale?.[i] ?? 0) + (shift?.[i] ?? 0),
  );
  const head = tensorOf(weights, "wte.weight");
  return Array.from({ length: VOCAB }, (_, id) => dot(row(head, id, WIDTH), normalized));
}

test("the lens is the final norm and head on PyTorch's own stream", async () => {
  using gpt = await goldenModel("head26");
  const ids = await goldenIds("head26");
  const lens = await gpt.lens(ids, { top: 3 });
  expect(lens.stages.map(({ hook }) => hook)).toEqual([
    "blocks.0.resid_pre",
    "blocks.0.resid_post",
    "blocks.1.resid_post",
  ]);
  for (const { hook, positions } of lens.stages) {
    expect(positions.length).toBe(ids.length);
    for (const t of [0, 5, 17]) {
      const logits = await lensOfPyTorch(hook, t);
      const logSum = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
      const order = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
      const { top, entropy, next } = positions[t] ?? { top: [], entropy: 0 };
      expect(top.map(({ id }) => id)).toEqual(order.slice(0, 3));
      expect(top[0]?.logprob).toBeCloseTo((logits[order[0] ?? 0] ?? 0) - logSum, 4);
      expect(entropy).toBeCloseTo(
        logits.reduce((sum, x) => sum - Math.exp(x - logSum) * (x - logSum), 0),
        4,
      );
      if (t === 17) expect(next).toBeUndefined();
      else {
        expect(next?.id).toBe(ids[t + 1]);
        expect(next?.rank).toBe(1 + order.indexOf(ids[t + 1] ?? -1));
      }
    }
  }
});

test("the last stage of the lens is what the model says, surprisal and score agree", async () => {
  using gpt = await goldenModel("head26");
  const ids = await goldenIds("head26");
  const { stages } = await gpt.lens(ids);
  const { logprobs } = await gpt.score(ids);
  const said =
    stages
      .at(-1)
      ?.positions.slice(0, -1)
      .map(({ next }) => next?.logprob ?? 0) ?? [];
  const { tokens, next } = await gpt.surprisal(ids);
  logprobs.forEach((logprob, i) => {
    expect(said[i]).toBeCloseTo(logprob, 5);
    expect(tokens[i + 1]?.surprisal).toBeCloseTo(-logprob, 5);
    expect(tokens[i + 1]?.entropy).toBe(stages.at(-1)?.positions[i]?.entropy);
    expect(tokens[i + 1]?.rank).toBe(stages.at(-1)?.positions[i]?.next?.rank);
  });
  expect(tokens[0]).toEqual({ id: ids[0], text: await gpt.decode([ids[0] ?? 0]) });
  expect(next.top.map(({ id }) => id)).toEqual(
    stages
      .at(-1)
      ?.positions.at(-1)
      ?.top.map(({ id }) => id),
  );
});

test("norms are the stream's, shares add up to 1", async () => {
  using gpt = await goldenModel("head26");
  const ids = Array.from({ length: 21 }, (_, i) => (i * 13) % 200);
  const trace = await gpt.trace(ids, { hooks: true }); // first: what was read before is no part of the stream
  const { stream, parts } = await gpt.residual(ids);
  for (const { hook, norms } of [...stream, ...parts]) {
    const { data } = found(trace, hook);
    expect(norms.length).toBe(21);
    norms.forEach((norm, t) => {
      expect(norm, hook).toBeCloseTo(Math.hypot(...row(data, t, WIDTH)), 5);
    });
  }
  expect(parts.map(({ hook }) => hook)).toEqual([
    "embed",
    "pos_embed",
    "blocks.0.attn_out",
    "blocks.0.mlp_out",
    "blocks.1.attn_out",
    "blocks.1.mlp_out",
  ]);
  for (let t = 0; t < 21; t++) {
    const sum = parts.reduce((total, { shares }) => total + (shares?.[t] ?? Number.NaN), 0);
    expect(sum).toBeCloseTo(1, 5);
  }
});

for (const name of ["head26", "relu40"]) {
  test(`${name}: the parts of a logit add up to it, each head's from PyTorch's z`, async () => {
    using gpt = await goldenModel(name);
    const ids = await goldenIds(name);
    const logits = await gpt.logits(ids, { last: true });
    const { logit, parts, token, position } = await gpt.attribution(ids);
    expect(position).toBe(ids.length - 1);
    expect(token.id).toBe(logits.indexOf(Math.max(...logits)));
    expect(logit).toBe(logits[token.id]);
    const sum = parts.reduce((total, { value }) => total + value, 0);
    console.log(`${name}: logit ${logit}, its parts' sum off by ${Math.abs(sum - logit).toExponential(1)}`);
    expect(Math.abs(sum - logit)).toBeLessThan(1e-5);
    const lead = await gpt.attribution(ids, { token: 7, against: 9, position: 3 });
    const whole = await gpt.logits(ids.slice(0, 4), { last: true });
    expect(lead.logit).toBe((whole[7] ?? 0) - (whole[9] ?? 0));
    expect(lead.parts.reduce((total, { value }) => total + value, 0)).toBeCloseTo(lead.logit, 5);
  });
}

test("one head's direct effect, worked out from PyTorch's values", async () => {
  using gpt = await goldenModel("head26");
  const ids = await goldenIds("head26");
  const golden = await goldenFile("head26/activations.safetensors");
  const weights = await goldenFile("head26/model.safetensors");
  const [layer, head, last] = [1, 1, ids.length - 1];
  const z = row(tensorOf(golden, `blocks.${layer}.attn.z`), last, WIDTH).map((x, i) =>
    Math.floor(i / 26) === head ? x : 0,
  );
  const project = tensorOf(weights, `h.${layer}.attn.c_proj.weight`); // [in, out]
  const out = Array.from({ length: WIDTH }, (_, o) =>
    z.reduce((sum, x, i) => sum + x * (project[i * WIDTH + o] ?? 0), 0),
  );
  const mean = out.reduce((sum, x) => sum + x / WIDTH, 0);
  const scale = tensorOf(golden, "ln_final.scale")[last] ?? 0;
  const gain = tensorOf(weights, "ln_f.weight");
  const { parts, token } = await gpt.attribution(ids);
  const unembed = row(tensorOf(weights, "wte.weight"), token.id, WIDTH);
  const expected = out.reduce((sum, x, i) => sum + ((x - mean) / scale) * (gain[i] ?? 0) * (unembed[i] ?? 0), 0);
  const part = parts.find((one) => one.layer === layer && one.head === head);
  expect(part?.value).toBeCloseTo(expected, 5);
});

test("without blocks there is no stream: norms of the embeddings, and no shares", async () => {
  const config = { vocabSize: 11, contextLength: 8, embDim: 8, nHeads: 2, nLayers: 0 };
  using gpt = await createModel(config, { seed: 3, format: "f32" });
  const { stream, parts } = await gpt.residual([1, 2]);
  expect(stream).toEqual([]);
  expect(parts.map(({ hook, norms, shares }) => [hook, norms.length, shares])).toEqual([
    ["embed", 2, undefined],
    ["pos_embed", 2, undefined],
  ]);
});

test("what does not fit is refused, and the queue goes on", async () => {
  using gpt = await goldenModel("head26");
  await expect(gpt.routing([1, 2])).rejects.toMatchObject({ code: "bad-argument" });
  await expect(gpt.lens([1, 2], { top: 0 })).rejects.toThrow("top: found 0; allowed: a whole number from 1 to 300");
  await expect(gpt.attribution([1, 2], { position: 2 })).rejects.toThrow("position: found 2");
  await expect(gpt.attribution([1, 2], { tokens: 2 } as never)).rejects.toThrow("did you mean token?");
  const together = await Promise.all([gpt.lens([3, 4]), gpt.residual([5, 6]), gpt.surprisal([3, 4]), gpt.lens([3, 4])]);
  expect(together[0]).toEqual(together[3]);
});
