import { expect, test } from "vitest";
import { createModel, type GPT, type GPTConfigInput, type Intervention } from "../../src/index";
import { found, goldenModel, largestDifference } from "../helpers/models";

const IDS = Array.from({ length: 23 }, (_, i) => (i * 11) % 100);

/** The values of an activation, after interventions. */
async function values(gpt: GPT, name: string, interventions: Intervention[] = []): Promise<Float32Array> {
  return found(await gpt.trace(IDS, { hooks: [name], interventions }), name).data;
}

test("ablating a head zeroes its z, and nothing else", async () => {
  using gpt = await goldenModel("relu40"); // 6 heads of 4
  const plain = await values(gpt, "blocks.1.attn.z");
  const ablated = await values(gpt, "blocks.1.attn.z", [{ ablate: { layer: 1, head: 2 } }]);
  expect(ablated).toEqual(plain.map((x, i) => (Math.floor((i % 24) / 4) === 2 ? 0 : x)));
});

test("ablating a neuron to its mean puts its mean over the positions", async () => {
  using gpt = await goldenModel("relu40");
  const name = "blocks.0.mlp.post";
  const plain = await values(gpt, name);
  const column = (data: Float32Array) => [...data].filter((_, i) => i % 96 === 5);
  const mean = column(plain).reduce((a, b) => a + b, 0) / IDS.length;
  const ablated = await values(gpt, name, [{ ablate: { layer: 0, neuron: 5 }, to: "mean" }]);
  for (const x of column(ablated)) expect(x).toBeCloseTo(mean, 6);
  expect([...ablated].filter((_, i) => i % 96 !== 5)).toEqual([...plain].filter((_, i) => i % 96 !== 5));
});

test("the mean of the final norm is over all positions too", async () => {
  using gpt = await goldenModel("head26");
  const name = "ln_final.normalized";
  const plain = await values(gpt, name);
  const ablated = await values(gpt, name, [{ ablate: name, to: "mean" }]);
  const mean = plain
    .slice(0, 52)
    .map((_, c) => [...plain].filter((_, i) => i % 52 === c).reduce((a, b) => a + b, 0) / 23);
  expect(
    largestDifference(
      ablated,
      plain.map((_, i) => mean[i % 52] ?? 0),
    ),
  ).toBeLessThan(1e-6);
});

test("a layer that is ablated lets its input through", async () => {
  using gpt = await goldenModel("head26");
  const interventions = [{ ablate: { layer: 1 } }];
  const pre = await values(gpt, "blocks.1.resid_pre", interventions);
  expect(await values(gpt, "blocks.1.resid_post", interventions)).toEqual(pre);
});

test("without positions, the same words in another order end the same", async () => {
  using gpt = await goldenModel("head26");
  const without: Intervention[] = [{ ablate: "pos_embed" }];
  const first = await gpt.logits([5, 9, 5, 9, 7], { last: true, interventions: without });
  const second = await gpt.logits([9, 9, 5, 5, 7], { last: true, interventions: without });
  expect(largestDifference(first, second)).toBeGreaterThan(0); // layer 1 sees which prefix each position had
  const shallow: Intervention[] = [...without, { ablate: { layer: 1 } }];
  const a = await gpt.logits([5, 9, 5, 9, 7], { last: true, interventions: shallow });
  const b = await gpt.logits([9, 9, 5, 5, 7], { last: true, interventions: shallow });
  expect(largestDifference(a, b)).toBeLessThan(1e-5); // sums of the same terms in another order
});

test("patching the whole stream of another run gives that run's logits", async () => {
  using gpt = await goldenModel("head26");
  const other = IDS.map((id) => (id + 50) % 300);
  const name = "blocks.1.resid_pre";
  const donor = await gpt.trace(other, { hooks: [name] });
  const { logits, effect } = await gpt.trace(IDS, {
    hooks: [],
    interventions: [{ patch: name, from: found(donor, name) }],
  });
  expect(logits).toEqual(donor.logits);
  expect(effect?.kl).toBeGreaterThan(0);
  const only = await gpt.trace(IDS, {
    hooks: [name],
    interventions: [{ patch: name, from: found(donor, name), positions: [3] }],
  });
  const plain = await values(gpt, name);
  const row = (data: Float32Array, t: number) => data.slice(t * 52, (t + 1) * 52);
  expect(row(found(only, name).data, 3)).toEqual(row(found(donor, name).data, 3));
  expect(row(found(only, name).data, 4)).toEqual(row(plain, 4));
});

test("patching one head's pattern changes that head's z alone", async () => {
  using gpt = await goldenModel("head26");
  const name = "blocks.0.attn.pattern";
  const donor = found(await gpt.trace(IDS.slice(0, 20), { hooks: [name] }), name);
  donor.data.fill(0);
  const z = await values(gpt, "blocks.0.attn.z", [{ patch: name, from: donor }]);
  expect(z.slice(0, 20 * 52).every((x) => x === 0)).toBe(true);
  expect(z.slice(20 * 52)).toEqual((await values(gpt, "blocks.0.attn.z")).slice(20 * 52));
});

test("what a patched map does not hold stays: later rows, and what a row looks at beyond its width", async () => {
  using gpt = await goldenModel("head26");
  const name = "blocks.0.attn.pattern";
  const plain = await values(gpt, name);
  const [nHeads, T] = [2, IDS.length];
  const from = { shape: [nHeads, 1, 2], data: Float32Array.of(0.1, 0.2, 0.3, 0.4), positions: [5] };
  const expected = plain.slice();
  for (let head = 0; head < nHeads; head++)
    expected.set(from.data.subarray(2 * head, 2 * head + 2), (head * T + 5) * T);
  expect(await values(gpt, name, [{ patch: name, from }])).toEqual(expected);
});

test("scores that are taken out leave later positions hidden: each sees those up to itself alike", async () => {
  using gpt = await goldenModel("head26");
  const name = "blocks.0.attn.pattern";
  const interventions = [{ ablate: "blocks.0.attn.scores" }];
  const { shape, data } = found(await gpt.trace([5, 6, 7, 8], { hooks: [name], interventions }), name);
  const [nHeads = 0, T = 0] = shape;
  expect(T).toBe(4);
  for (let i = 0; i < nHeads * T * T; i++) {
    const [t, s] = [Math.floor(i / T) % T, i % T];
    expect(data[i]).toBeCloseTo(s <= t ? 1 / (t + 1) : 0, 6);
  }
});

test("the effect is the divergence of the two runs' next tokens", async () => {
  using gpt = await goldenModel("head26");
  const interventions: Intervention[] = [{ scale: "blocks.0.mlp_out", by: 0.5 }];
  const plain = await gpt.logits(IDS, { last: true });
  const changed = await gpt.logits(IDS, { last: true, interventions });
  const { logits, effect } = await gpt.trace(IDS, { hooks: [], interventions });
  expect(logits).toEqual(changed);
  const softmax = (x: Float32Array) => {
    const all = x.reduce((sum, value) => sum + Math.exp(value), 0);
    return [...x].map((value) => Math.exp(value) / all);
  };
  const [p, q] = [softmax(plain), softmax(changed)];
  const kl = p.reduce((sum, x, i) => sum + x * Math.log(x / (q[i] ?? 0)), 0);
  expect(effect?.kl).toBeCloseTo(kl, 9);
  const top = effect?.top[0];
  expect(top?.id).toBe(plain.indexOf(Math.max(...plain)));
  expect(Math.exp(top?.before ?? 0)).toBeCloseTo(Math.max(...p), 9);
  expect((await gpt.trace(IDS, { hooks: [] })).effect).toBeUndefined();
});

test("an intervention on the final norm reaches every stage of the lens", async () => {
  using gpt = await goldenModel("head26");
  const interventions: Intervention[] = [{ scale: "ln_final.normalized", by: 2, positions: [3, 21] }];
  const { stages } = await gpt.lens(IDS, { interventions });
  const plain = await gpt.lens(IDS);
  stages.forEach(({ positions }, stage) => {
    positions.forEach((said, t) => {
      if (t === 3 || t === 21) expect(said.entropy).not.toBe(plain.stages[stage]?.positions[t]?.entropy);
      else expect(said).toEqual(plain.stages[stage]?.positions[t]);
    });
  });
  for (const t of [3, 21]) {
    const logits = await gpt.logits(IDS.slice(0, t + 1), { last: true, interventions });
    expect(stages.at(-1)?.positions[t]?.top[0]?.id).toBe(logits.indexOf(Math.max(...logits)));
    const logSum = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
    expect(stages.at(-1)?.positions[t]?.top[0]?.logprob).toBeCloseTo(Math.max(...logits) - logSum, 5);
  }
});

test("interventions reach every token of a generation, and no later call", async () => {
  using gpt = await goldenModel("head26");
  const greedy = { temperature: 0, stopTokens: [], maxNewTokens: 12 } as const;
  const before = await gpt.generate(IDS, greedy);
  const interventions: Intervention[] = [
    { ablate: { layer: 0 }, to: "mean" },
    { scale: "blocks.1.attn.z", by: 3 },
  ];
  const { ids } = await gpt.generate(IDS, { ...greedy, interventions });
  expect(ids).not.toEqual(before.ids);
  expect((await gpt.generate(IDS, greedy)).ids).toEqual(before.ids);
  const zero: Intervention[] = [{ ablate: { layer: 0 } }, { scale: "blocks.1.attn.z", by: 3 }];
  const run = await gpt.generate(IDS, { ...greedy, interventions: zero });
  for (const [i, id] of run.ids.entries()) {
    const logits = await gpt.logits([...IDS, ...run.ids.slice(0, i)], { last: true, interventions: zero });
    expect(logits.indexOf(Math.max(...logits))).toBe(id);
  }
});

test("each token shows the activations it was drawn from", async () => {
  using gpt = await goldenModel("head26");
  const names = ["blocks.1.attn.pattern", "blocks.1.resid_post", "ln_final.normalized"];
  const run = gpt.generate(IDS, { temperature: 0, stopTokens: [], maxNewTokens: 4, trace: { hooks: names } });
  let ids = [...IDS];
  for await (const { id, activations = {} } of run.tokens()) {
    const whole = await gpt.trace(ids, { hooks: names });
    const last = (name: string, width: number) => found(whole, name).data.slice(-width);
    expect(Object.keys(activations)).toEqual(names);
    expect(activations["ln_final.normalized"]).toEqual({ shape: [1, 52], data: last("ln_final.normalized", 52) });
    expect(activations["blocks.1.resid_post"]).toEqual({ shape: [1, 52], data: last("blocks.1.resid_post", 52) });
    const { shape, data } = activations["blocks.1.attn.pattern"] as { shape: number[]; data: Float32Array };
    expect(shape).toEqual([2, 1, ids.length]);
    expect(data.slice(ids.length)).toEqual(last("blocks.1.attn.pattern", ids.length));
    ids = [...ids, id];
  }
  const withStats = gpt.generate(IDS, { temperature: 0, maxNewTokens: 1, trace: { hooks: ["embed"], stats: true } });
  for await (const { activations } of withStats.tokens()) expect(activations?.embed).toHaveProperty("histogram");
});

test("dropout zeroes its share, the same for the same seed, in chunks or alone", async () => {
  using gpt = await goldenModel("head26");
  const name = "blocks.1.mlp_out";
  const dropped = await values(gpt, name, [{ dropout: { seed: 1, rate: 0.25 } }]);
  expect(dropped.filter((x) => x === 0).length / dropped.length).toBeCloseTo(0.25, 1);
  expect(await values(gpt, name, [{ dropout: { seed: 1, rate: 0.25 } }])).toEqual(dropped);
  expect(await values(gpt, name, [{ dropout: { seed: 2, rate: 0.25 } }])).not.toEqual(dropped);
  expect(await values(gpt, name, [{ dropout: { seed: 1, rate: 0 } }])).toEqual(await values(gpt, name));
  const ids = IDS.slice(0, 18);
  const interventions: Intervention[] = [{ dropout: { seed: 1, rate: 0.25 } }];
  const whole = await gpt.logits(ids, { last: true, interventions });
  const run = gpt.generate(ids.slice(0, 17), {
    allowedTokens: [ids[17] ?? 0],
    maxNewTokens: 2,
    interventions,
    trace: { hooks: ["blocks.1.resid_post"] },
  });
  const stream: unknown[] = [];
  for await (const { activations } of run.tokens()) stream.push(activations?.["blocks.1.resid_post"]);
  const trace = await gpt.trace(ids, { hooks: ["blocks.1.resid_post"], interventions });
  expect(trace.logits).toEqual(whole);
  expect(stream[1]).toEqual({ shape: [1, 52], data: found(trace, "blocks.1.resid_post").data.slice(-52) });
});

test("what can't be done is refused, by name", async () => {
  using gpt = await goldenModel("head26");
  const refused = (intervention: unknown, message: string | RegExp) =>
    expect(gpt.trace([1, 2], { hooks: [], interventions: [intervention] } as never)).rejects.toThrow(message);
  await refused({ ablate: { layer: 2 } }, "layer: found 2; allowed: a whole number from 0 to 1");
  await refused({ ablate: { layer: 0, head: 2 } }, "head: found 2");
  await refused({ ablate: { layer: 0, neuron: 37 } }, "neuron: found 37");
  await refused({ ablate: { layer: 0, head: 0, neuron: 1 } }, "not both");
  await refused({ ablate: "blocks.0.attn.pattern", to: "mean" }, "no mean over positions");
  await refused({ ablate: "blocks.0.ln1.scale" }, "can only be read");
  await refused({ ablate: "pos_embd" }, "near it are pos_embed");
  await refused({ scale: "embed", by: Number.NaN }, "by: found NaN");
  await refused({ scale: "embed", times: 2 }, "times is not a key");
  await refused({ patch: "embed", from: { shape: [2, 3], data: new Float32Array(6) } }, "found the shape [2,3]");
  await refused({ patch: "embed", from: { data: new Float32Array(52) } }, "found the shape [undefined]");
  await refused(
    { patch: "embed", from: { shape: [1, 52], data: new Float32Array(51) } },
    "the shape [1,52] and 51 values",
  );
  await refused(
    { patch: "embed", from: { shape: [1, 2], data: [1, 2] } },
    "from: found [1, 2]; allowed: { shape, data: a Float32Array }",
  );
  await refused({ patch: { layer: 0 }, from: {} }, "patch: found");
  await refused({ dropout: { seed: -1 } }, "dropout.seed: found -1");
  await refused({ dropout: { seed: 1, rate: 1 } }, "dropout.rate: found 1");
  await refused({ remove: "embed" }, "ablate, scale, patch, dropout");
  await refused({ ablate: "embed", positions: [0.5] }, "positions: found [0.5]");
  await refused(
    { ablate: "embed", positions: [64] },
    "positions: found [64]; allowed: an array of whole numbers from 0 to 63",
  );
  await refused({ ablate: ["embed"] }, 'A target is ["embed"]; allowed: the name of an activation');
  await refused({ ablate: { layer: 0, expert: 1 } }, "expert: found 1 without a neuron");
  await refused({ ablate: { layer: 0, head: 1, expert: 1 } }, "expert: found 1 without a neuron");
  await refused({ dropout: { seed: 1, p: 0.5 } }, /the options are seed, rate$/);
  await refused({ dropout: { seed: 1, rte: 0.5 } }, "rte is not an option of dropout; did you mean rate?");
  const from = { shape: [1, 52], data: new Float32Array(52) };
  await refused(
    { patch: "embed", from: { ...from, positions: 5 } },
    "from.positions: found 5; allowed: the positions of its 1 rows",
  );
  await refused({ patch: "embed", from: { ...from, positions: [0, 1] } }, "from.positions: found [0, 1]");
  await refused({ patch: "embed", from: { shape: [0.5, 52], data: new Float32Array(26) } }, "found the shape [0.5,52]");
  const sampled = gpt.generate([1, 2], { n: 2, interventions: [{ ablate: { layer: 0 } }] });
  await expect(sampled).rejects.toThrow("n: found 2 with trace or interventions");
});

const TINY: GPTConfigInput = { vocabSize: 11, contextLength: 8, embDim: 8, nHeads: 2, nLayers: 1 };

test("the embeddings' dropout reaches the dummy model too", async () => {
  using gpt = await createModel({ ...TINY, dummy: true, dropRate: 0.5 }, { seed: 3, init: "torch", format: "f32" });
  const trace = await gpt.trace([1, 2, 3], { hooks: true, interventions: [{ dropout: { seed: 4 } }] });
  expect(Object.keys(trace.activations)).toEqual(["embed", "pos_embed", "blocks.0.resid_pre", "blocks.0.resid_post"]);
  const sum = found(trace, "embed").data.map((x, i) => x + (found(trace, "pos_embed").data[i] ?? 0));
  const stream = found(trace, "blocks.0.resid_post").data;
  expect(stream.some((x) => x === 0)).toBe(true);
  for (const [i, x] of stream.entries()) if (x !== 0) expect(x).toBe(2 * (sum[i] ?? 0));
});

test("an expert that no position chose: its patch does nothing, its mean is refused where it is needed", async () => {
  using gpt = await createModel({ ...TINY, experts: { count: 8, topK: 1 } }, { seed: 3, format: "f32" });
  const name = (expert: number) => `blocks.0.mlp.experts.${expert}.post`;
  const ids = [5, 2];
  const plain = await gpt.trace(ids, { hooks: ["blocks.0.mlp.experts.*.post"] });
  const idle = Array.from({ length: 8 }, (_, e) => e).filter((e) => found(plain, name(e)).shape[0] === 0);
  expect(idle.length).toBeGreaterThanOrEqual(6);
  for (const expert of idle) {
    const patch: Intervention = { patch: name(expert), from: found(plain, name(expert)) };
    expect(await gpt.logits(ids, { last: true, interventions: [patch] })).toEqual(plain.logits);
    const mean: Intervention = { ablate: { layer: 0, expert, neuron: 0 }, to: "mean" };
    expect(await gpt.logits(ids, { last: true, interventions: [mean] })).toEqual(plain.logits);
  }
  const turned: Intervention[] = [{ scale: "blocks.0.mlp.router", by: -1 }];
  const chosen = await gpt.trace(ids, { hooks: ["blocks.0.mlp.experts.*.post"], interventions: turned });
  const woken = idle.filter((e) => found(chosen, name(e)).shape[0] !== 0);
  expect(woken.length).toBeGreaterThan(0);
  for (const expert of woken) {
    const interventions: Intervention[] = [...turned, { ablate: { layer: 0, expert, neuron: 0 }, to: "mean" }];
    const message = `to: found "mean" of ${name(expert)}, which no position of the prompt has in a plain run; allowed here: "zero"`;
    await expect(gpt.logits(ids, { interventions })).rejects.toThrow(new TypeError(message));
    await expect(gpt.generate(ids, { interventions })).rejects.toThrow(new TypeError(message));
  }
  expect(await gpt.logits(ids, { last: true })).toEqual(plain.logits);
});

test.each([
  ["a plain feed-forward", {}],
  ["gated experts", { activation: "swiglu", norm: "rms", experts: { count: 3, topK: 2 } }],
] as const)("a change to any activation reaches the logits: %s", async (_, more) => {
  const sizes = { vocabSize: 11, contextLength: 8, embDim: 8, nHeads: 2, nLayers: 2 };
  using gpt = await createModel({ ...sizes, ...more }, { seed: 3, initStd: 0.5, format: "f32" });
  const ids = [5, 2, 7, 1];
  const plain = await gpt.logits(ids);
  const trace = await gpt.trace(ids, { hooks: true });
  const names = Object.keys(trace.activations).filter((name) => found(trace, name).data.length > 0);
  for (const scale of names.filter((name) => !name.endsWith(".scale"))) {
    const changed = await gpt.logits(ids, { interventions: [{ scale, by: 0.5 }] });
    expect(largestDifference(changed, plain), scale).toBeGreaterThan(0);
  }
});
