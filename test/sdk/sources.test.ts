import { describe, expect, test } from "vitest";
import { createModel, loadModel, type ModelSource, type Progress } from "../../src/index";
import {
  fixed,
  script,
  type TestTensor,
  type TestTensors,
  writeSafetensors,
  zeroConfig,
  zeroTensors,
} from "../helpers/checkpoints";
import { goldenFile, tensorOf } from "../helpers/golden";
import { largestDifference } from "../helpers/models";

const plain = { format: "f32", cacheFormat: "f32", tokenizer: "huggingface" } as const;
const run = `run=${Date.now()}`; // a new address each run: the server counts

/** The logits of relu40's prompt from any source of it, held against transformers'. */
async function expectGolden(source: ModelSource): Promise<void> {
  const { ids } = JSON.parse(new TextDecoder().decode(await goldenFile("relu40/expected.json")));
  const expected = tensorOf(await goldenFile("relu40/expected.safetensors"), "logits");
  const gpt = await loadModel(source, plain);
  expect(largestDifference(await gpt.logits(ids), expected)).toBeLessThan(2e-4);
  gpt.dispose();
}

test("the tokenizer of an untrained model may lie at addresses, as texts or as URLs", async () => {
  const at = (path: string) => new URL(`/test/golden/${path}`, location.href);
  const config = { vocabSize: 400, contextLength: 8, embDim: 8, nHeads: 1, nLayers: 1 };
  const [json, vocab, merges] = ["relu40/tokenizer.json", "head26/vocab.json", "head26/merges.txt"].map(at) as [
    URL,
    URL,
    URL,
  ];
  for (const tokenizerFiles of [json.href, json, { vocab: vocab.href, merges: merges.href }, { vocab, merges }]) {
    using gpt = await createModel(config, { seed: 1, tokenizer: "huggingface", tokenizerFiles });
    expect(await gpt.decode(await gpt.encode("a cat"))).toBe("a cat");
  }
});

describe("checkpoints made in memory", () => {
  test("fixed(L) has exactly the logits L at every position", async () => {
    const logits = [3, -1.25, 2, 0, 7.5];
    const gpt = await loadModel(fixed(logits), plain);
    expect([...(await gpt.logits([0, 4, 2]))]).toEqual([...logits, ...logits, ...logits]);
    gpt.dispose();
  });

  test("script(ids) writes them after any token", async () => {
    const ids = [7, 299, 0, 7, 12];
    const gpt = await loadModel(script(ids), plain);
    for (const first of [0, 5, 299]) {
      const result = await gpt.generate([first], { temperature: 0, stopTokens: [], maxNewTokens: ids.length });
      expect(result.ids).toEqual(ids);
    }
    gpt.dispose();
  });

  test("a head of its own is used where the configuration doesn't say, a second embedding takes no memory", async () => {
    const random = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * i + length));
    const tensors = zeroTensors({ vocabSize: 5000, positions: 8, width: 64 });
    tensors["wte.weight"] = { shape: [5000, 64], data: random(320_000) };
    tensors["ln_f.weight"] = { shape: [64], data: random(64) };
    const { "lm_head.weight": _, ...headless } = tensors;
    const equal = { ...headless, "lm_head.weight": headless["wte.weight"] as TestTensor };
    const head = { shape: [5000, 64], data: random(320_000).reverse() };
    const other = { ...headless, "lm_head.weight": head };
    const load = (weights: TestTensors, tie_word_embeddings?: boolean) => {
      const config = { ...zeroConfig({ vocabSize: 5000, positions: 8, width: 64 }), tie_word_embeddings };
      return loadModel({ config, weights: writeSafetensors(weights) }, { threads: 1 });
    };
    using untied = await load(other, false);
    for (const weights of [other, { "lm_head.weight": head, ...headless }]) {
      using gpt = await load(weights);
      expect(await gpt.logits([1, 4999])).toEqual(await untied.logits([1, 4999]));
      expect(gpt.config).toEqual(untied.config);
      const { parameters, weightBytes } = untied.info;
      expect(gpt.info).toMatchObject({ parameters, weightBytes });
      expect(await gpt.parameters()).toEqual(await untied.parameters());
    }
    using tied = await load(headless, true);
    using same = await load(equal);
    expect(await same.logits([1, 4999])).toEqual(await tied.logits([1, 4999]));
    expect([same.config, same.info]).toEqual([tied.config, tied.info]);
  });

  test("a buffer is left as it was, and loads twice; so does a view with an odd offset", async () => {
    const { config, tokenizer, weights } = fixed([1, 2, 3]);
    const before = weights.slice(0);
    const moved = new Uint8Array(weights.byteLength + 1);
    moved.set(new Uint8Array(weights), 1);
    for (const each of [weights, weights, moved.subarray(1)]) {
      const gpt = await loadModel({ config, tokenizer, weights: each }, plain);
      expect([...(await gpt.logits([1]))]).toEqual([1, 2, 3]);
      gpt.dispose();
    }
    expect(new Uint8Array(weights)).toEqual(new Uint8Array(before));
  });
});

describe("the web between", () => {
  test.each(["gzip", "gzip-chunked", "no-length", "cut&file=model.safetensors&times=2"])(
    "%s: the logits are transformers'",
    (fault) => expectGolden(`/faults/fault=${fault}&${run}/relu40`),
  );

  test.each([
    ["html&file=config.json&times=2", "not-a-model-file", /config\.json holds an HTML page/],
    ["html&file=model.safetensors&times=2", "not-a-model-file", /model\.safetensors holds an HTML page/],
    ["status&status=404&file=model.safetensors&times=1", "http-error", /model\.safetensors was answered with 404/],
    ["cut&ranges=no&file=model.safetensors&times=2", "network", /lost after \d+ bytes of .*model\.safetensors/],
  ])("fault=%s is told, and the next load of the address is golden", async (fault, code, message) => {
    for (const cache of [true, false]) {
      const folder = `/faults/fault=${fault}&cache=${cache}&${run}-${crossOriginIsolated}/relu40`;
      const failing = loadModel(folder, { ...plain, cache });
      await expect(failing).rejects.toMatchObject({ name: "GPTError", code, message: expect.stringMatching(message) });
      await expectGolden(folder);
    }
  });

  test.each([null, 5, [], {}])("a tokenizer that is %j is told as one", async (found) => {
    const tokenizer = found as never;
    const files = { config: "/test/golden/relu40/config.json", weights: "/test/golden/relu40/model.safetensors" };
    await expect(loadModel({ ...files, tokenizer }, plain)).rejects.toMatchObject({ code: "bad-tokenizer" });
    const config = { vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 };
    const made = createModel(config, { seed: 1, tokenizerFiles: tokenizer });
    await expect(made).rejects.toMatchObject({ code: "bad-tokenizer" });
  });

  test("a tokenizer that is none is told before the weights have come, and is not kept", async () => {
    const files = (fault: string) => `/faults/fault=${fault}&${run}-${crossOriginIsolated}-early/relu40`;
    const tokenizer = `${files("json&json=%7B%22model%22:1%7D&file=tokenizer.json&times=1")}/tokenizer.json`;
    const source = { config: "/test/golden/relu40/config.json", tokenizer };
    const seen: Progress[] = [];
    const options = { ...plain, cache: true, onProgress: (progress: Progress) => seen.push(progress) };
    const failing = loadModel({ ...source, weights: `${files("slow&delay=200")}/model.safetensors` }, options);
    await expect(failing).rejects.toMatchObject({ code: "bad-tokenizer" });
    expect(seen.every(({ loaded, total }) => loaded < total)).toBe(true);
    using gpt = await loadModel({ ...source, weights: "/test/golden/relu40/model.safetensors" }, options);
    expect((await gpt.encode("a b")).length).toBeGreaterThan(0);
  });

  test("a part of a source that there is none of is told by its name", async () => {
    const source = { config: "/test/golden/relu40/config.json", weights: "/test/golden/relu40/model.safetensors" };
    const misspelt = { ...source, tokeniser: "/test/golden/relu40/tokenizer.json" };
    await expect(loadModel(misspelt, plain)).rejects.toMatchObject({
      code: "bad-argument",
      message: "The source has tokeniser, expected an address or { config, weights, tokenizer }.",
    });
  });

  test("an abort at half of the weights leaves the next load whole", async () => {
    const folder = `/faults/fault=slow&delay=20&file=model.safetensors&${run}/relu40`;
    const control = new AbortController();
    const reason = new Error("enough");
    const loading = loadModel(folder, {
      ...plain,
      cache: true,
      signal: control.signal,
      onProgress: () => control.abort(reason),
    });
    await expect(loading).rejects.toBe(reason);
    await expectGolden(folder);
  });
});
