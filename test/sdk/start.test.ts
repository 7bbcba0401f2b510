import { expect, test, vi } from "vitest";
import {
  createModel,
  GPTError,
  type KernelsName,
  loadModel,
  type PageOptions,
  shortcutGradients,
} from "../../src/index";
import { startWorker } from "../../worker/start-worker";

const MODEL = new URL("/test/golden/head26/", location.href);
const HTML = "<!doctype html><title>app</title>";

async function binary(name: KernelsName): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`/worker/wasm/kernels.${name}.wasm`, location.href);
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

function blobUrl(content: BlobPart, type: string): string {
  return URL.createObjectURL(new Blob([content], { type }));
}

async function failure(options: PageOptions): Promise<GPTError> {
  const started = performance.now();
  try {
    const gpt = await loadModel(MODEL, { ...options, tokenizer: "huggingface" });
    gpt.dispose();
  } catch (error) {
    expect(performance.now() - started).toBeLessThan(5000);
    expect(error).toBeInstanceOf(GPTError);
    return error as GPTError;
  }
  throw new Error("it loaded");
}

test("kernels with the wrong MIME type load", async () => {
  const wasmUrl = blobUrl(await binary("simd"), "application/octet-stream");
  using gpt = await loadModel(MODEL, { wasmUrl, tokenizer: "huggingface" });
  expect(gpt.info.kernels).toBe("simd");
  expect((await gpt.logits([1], { last: true })).length).toBe(gpt.config.vocabSize);
});

test("a page in place of the kernels is named with its address", async () => {
  const wasmUrl = blobUrl(HTML, "text/html");
  const error = await failure({ wasmUrl });
  expect(error.code).toBe("wasm-failed");
  expect(error.message).toContain(wasmUrl);
  expect(error.message).toContain("HTML");
});

test("missing kernels are named with the status", async () => {
  const wasmUrl = new URL("/test/golden/head26/none.wasm?fault=status&status=404", location.href);
  const error = await failure({ wasmUrl });
  expect(error.code).toBe("wasm-failed");
  expect(error.message).toContain("none.wasm");
});

test("cut kernels are refused", async () => {
  const bytes = await binary("simd");
  const error = await failure({ wasmUrl: blobUrl(bytes.slice(0, bytes.length / 2), "application/wasm") });
  expect(error.code).toBe("wasm-failed");
});

test.each([
  ["a page", HTML, "text/html", "could not be loaded"],
  ["a script that throws", "throw new Error('boom')", "text/javascript", "boom"],
])("%s in place of the worker is refused with its address", async (_, content, type, what) => {
  const workerUrl = blobUrl(content, type);
  const error = await failure({ workerUrl });
  expect(error.code).toBe("worker-failed");
  expect(error.message).toContain(workerUrl);
  expect(error.message).toContain(what);
});

test("a connection that is cut while the kernels come is told with their address", async () => {
  const cut = "/faults/fault=cut&ranges=no&file=model.safetensors/relu40/model.safetensors";
  const error = await failure({ wasmUrl: cut });
  expect(error.code).toBe("wasm-failed");
  expect(error.message).toContain(cut);
});

test("a wrong option of the page's side is named before a worker starts", async () => {
  const started: unknown[] = [];
  const Real = Worker;
  globalThis.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      started.push(url);
    }
  };
  try {
    const wasmUrl = "http://[";
    await expect(loadModel(MODEL, { wasmUrl })).rejects.toThrow(/^wasmUrl: found "http:\/\/\["; allowed: an address/);
    const signal = 5 as unknown as AbortSignal;
    await expect(loadModel(MODEL, { signal })).rejects.toThrow(/^signal: found 5; allowed: an AbortSignal/);
    expect(started).toEqual([]);
  } finally {
    globalThis.Worker = Real;
  }
});

test.each([
  ["its own worker", {}],
  ["a workerUrl", { workerUrl: "/worker/index.ts?worker_file&type=module" }],
])("a page that has frozen Worker loads with %s", async (_, options) => {
  const Real = Worker;
  Object.defineProperty(globalThis, "Worker", { writable: false });
  try {
    using gpt = await createModel(TINY, { seed: 1, ...options });
    expect((await gpt.logits([1], { last: true })).length).toBe(gpt.config.vocabSize);
  } finally {
    Object.defineProperty(globalThis, "Worker", { value: Real, writable: true });
  }
});

test("a bundler may give the worker a path for its address", async () => {
  const path = "/worker/index.ts?worker_file&type=module";
  const worker = startWorker(() => new Worker(path, { type: "module" }));
  try {
    const first = await new Promise((resolve) => {
      worker.onmessage = () => resolve("it listens");
      worker.onerror = () => resolve("it failed");
    });
    expect(first).toBe("it listens");
  } finally {
    worker.terminate();
  }
});

test("a worker of another origin that does not come is told with its address and what it takes", async () => {
  const error = await failure({ workerUrl: "https://elsewhere.example/worker.js" });
  expect(error.code).toBe("worker-failed");
  expect(error.message).toMatch(/another origin \(CORS.*elsewhere\.example/);
});

test("a worker that never answers is given up after 20 seconds", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const loading = loadModel(MODEL, { workerUrl: blobUrl("", "text/javascript") });
    const given = expect(loading).rejects.toMatchObject({
      code: "worker-failed",
      message: expect.stringContaining("20 seconds"),
    });
    await vi.advanceTimersByTimeAsync(20_000);
    await given;
  } finally {
    vi.useRealTimers();
  }
});

test("an answer that the page can't read ends the model", async () => {
  using gpt = await createModel(TINY, { seed: 1 });
  const sent = vi.spyOn(Worker.prototype, "postMessage");
  try {
    const answer = gpt.logits([1]);
    const [worker] = sent.mock.contexts as Worker[];
    worker?.dispatchEvent(new MessageEvent("messageerror"));
    await expect(answer).rejects.toMatchObject({ code: "worker-failed" });
  } finally {
    sent.mockRestore();
  }
});

test("a worker that is not there is refused", async () => {
  const error = await failure({ workerUrl: new URL("/test/nothing/worker.js", location.href) });
  expect(error.code).toBe("worker-failed");
});

test("an aborted load rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const loading = loadModel("/demo/public/model/", { signal: controller.signal });
  controller.abort(new Error("changed my mind"));
  await expect(loading).rejects.toThrow("changed my mind");
  await expect(loadModel(MODEL, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
});

test("progress never falls and ends at its total", async () => {
  const seen: { phase: string; loaded: number; total: number; rate: number }[] = [];
  using _gpt = await loadModel(MODEL, { onProgress: (progress) => seen.push(progress), tokenizer: "huggingface" });
  expect(seen.length).toBeGreaterThan(0);
  let last = 0;
  for (const { loaded, total, rate } of seen) {
    expect(loaded).toBeGreaterThanOrEqual(last);
    expect(loaded).toBeLessThanOrEqual(total);
    expect(Number.isFinite(rate)).toBe(true);
    last = loaded;
  }
  expect(seen.at(-1)).toMatchObject({ loaded: seen.at(-1)?.total });
});

test("the time that a worker has to start is no limit to its load", async () => {
  const [set, clear] = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "clearTimeout")];
  const isOver = () => {
    const place = set.mock.calls.findIndex(([, ms]) => ms === 20_000);
    return clear.mock.calls.some(([timer]) => place >= 0 && timer === set.mock.results[place]?.value);
  };
  const seen: boolean[] = [];
  const onProgress = () => seen.push(isOver());
  try {
    using _gpt = await loadModel(MODEL, { onProgress, tokenizer: "huggingface" });
    expect(seen[0]).toBe(true);
  } finally {
    vi.restoreAllMocks();
  }
});

test("a relative address begins where the page's do", async () => {
  const base = document.createElement("base");
  base.href = "/test/golden/";
  document.head.append(base);
  try {
    using gpt = await loadModel("head26", { tokenizer: "huggingface" });
    expect(gpt.config.embDim).toBe(52);
  } finally {
    base.remove();
  }
});

test("one buffer loads twice and is left as it was", async () => {
  const folder = "/test/golden/head26/";
  const get = async (name: string) => (await fetch(`${folder}${name}`)).arrayBuffer();
  const config = await (await fetch(`${folder}config.json`)).json();
  const weights = await get("model.safetensors");
  const odd = new Uint8Array(weights.byteLength + 3).subarray(3);
  odd.set(new Uint8Array(weights));
  const results: Float32Array[] = [];
  for (const source of [weights, weights, odd]) {
    using gpt = await loadModel({ config, weights: source });
    results.push(await gpt.logits([1, 2, 3], { last: true }));
  }
  expect(weights.byteLength).toBeGreaterThan(1000);
  for (const result of results) expect([...result]).toEqual([...(results[0] ?? [])]);
});

test("logits belong to the caller", async () => {
  using gpt = await loadModel(MODEL, { tokenizer: "huggingface" });
  const first = await gpt.logits([1, 2, 3]);
  const copy = [...first];
  await gpt.logits([9, 8, 7]);
  expect([...first]).toEqual(copy);
  expect(first.buffer.byteLength).toBe(first.byteLength);
  expect(structuredClone(first.buffer, { transfer: [first.buffer] }).byteLength).toBe(
    first.length * 4 || copy.length * 4,
  );
});

test("a wrong option of the engine is a TypeError that names it", async () => {
  for (const options of [
    { format: "q5" },
    { threads: 0 },
    { threads: 1.5 },
    { kernels: "fast" },
    { cacheFormat: "i8" },
    { tokenizer: "bert" },
  ]) {
    const [name = ""] = Object.keys(options);
    const loading = loadModel(MODEL, options as object);
    await expect(loading, name).rejects.toThrow(TypeError);
    await expect(loading, name).rejects.toThrow(name);
  }
});

const TINY = { vocabSize: 9, contextLength: 8, embDim: 4, nHeads: 1, nLayers: 1 };
const load = (options: object) => loadModel(MODEL, options);
const create = (options: object) => createModel(TINY, { seed: 1, ...options });

test.each([
  ["fromat", "format", load],
  ["onprogress", "onProgress", load],
  ["wasmURL", "wasmUrl", create],
  ["worker_url", "workerUrl", shortcutGradients],
])("%s, which is no option, is told with %s, which may be meant", async (name, meant, call) => {
  await expect(call({ [name]: "f32" })).rejects.toThrow(`did you mean ${meant}?`);
});

test.each([
  ["onprogress", "onProgress", () => undefined],
  ["progress_callback", "onProgress", () => undefined],
  ["abortSignal", "signal", new AbortController().signal],
])("%s, which holds what can't be sent to the worker, is told with %s, which may", async (name, meant, value) => {
  for (const call of [load, create]) {
    await expect(call({ [name]: value })).rejects.toThrow(new RegExp(`${name} can't be sent to the worker.*${meant}`));
  }
});

test("so it is in a model's calls; a name of every object's is none", async () => {
  using gpt = await createModel(TINY, { seed: 1 });
  await expect(gpt.residual([1], { sginal: 1 } as never)).rejects.toThrow("did you mean signal?");
  await expect(gpt.generate([1], { intervention: [] } as never)).rejects.toThrow("did you mean interventions?");
  await expect(load({ toString: 1 })).rejects.toThrow("toString is not an option of loadModel()");
});

test("a load's signal that fires once it is done leaves the model alone", async () => {
  const controller = new AbortController();
  using gpt = await loadModel(MODEL, { signal: controller.signal, tokenizer: "huggingface" });
  controller.abort();
  expect(await gpt.logits([1], { last: true })).toHaveLength(gpt.config.vocabSize);
});

test("a load that fails ends its worker", async () => {
  const ended = vi.spyOn(Worker.prototype, "terminate");
  try {
    await expect(loadModel(new URL("/test/golden/none/", location.href))).rejects.toBeInstanceOf(GPTError);
    expect(ended).toHaveBeenCalledTimes(1);
  } finally {
    ended.mockRestore();
  }
});

test("an error in the worker long after its start ends the model, and the call at work rejects with it", async () => {
  const gpt = await loadModel(MODEL, { tokenizer: "huggingface" });
  const sent = vi.spyOn(Worker.prototype, "postMessage");
  const answer = gpt.logits([1]);
  const [worker] = sent.mock.contexts as Worker[];
  sent.mockRestore();
  worker?.dispatchEvent(new ErrorEvent("error", { message: "boom" }));
  await expect(answer).rejects.toMatchObject({ code: "worker-failed", message: expect.stringContaining("boom") });
});
