import { afterEach, expect, test, vi } from "vitest";
import { type GPT, GPTError, type LoadOptions, loadModel } from "../../src/index";
import { goldenModel } from "../helpers/models";

/**
 * The package's worker behind a page's own script, by the public `workerUrl`: its `Worker` is one that the page can end,
 * and may start another script.
 */
function sabotaged(channel: string, threadUrl?: string): string {
  return script(`
    const heard = new BroadcastChannel(${JSON.stringify(channel)});
    const Real = Worker;
    globalThis.Worker = class extends Real {
      constructor(url, options) {
        super(${JSON.stringify(threadUrl) ?? "url"}, options);
        heard.onmessage = () => this.terminate();
      }
    };
    await import(${JSON.stringify(source("/worker/index.ts"))});
  `);
}

/** The package's helper thread, its kernels behind `fault` from their call `after` on. */
function faultyThread(after: number, fault: string): string {
  const patch = script(`
    const { instantiate } = WebAssembly;
    let calls = 0;
    const faulty = (run) => (...args) => {
      if (++calls > ${after}) { ${fault} }
      return run(...args);
    };
    WebAssembly.instantiate = async (...args) => {
      const { exports } = await instantiate(...args);
      return { exports: Object.fromEntries(Object.entries(exports).map(([name, run]) => [name, faulty(run)])) };
    };
  `);
  const thread = source("/worker/wasm/thread.ts");
  return script(`import ${JSON.stringify(patch)}; import ${JSON.stringify(thread)};`);
}

/** Where the development server has a worker's script. */
function source(path: string): string {
  return new URL(`${path}?worker_file&type=module`, location.href).href;
}

function script(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

const MODEL = new URL("/test/golden/wide/", location.href);
const PROMPT = [3, 1, 4, 1, 5, 9, 2, 6];
const ENDLESS = { temperature: 0, stopTokens: [], maxNewTokens: 1_000_000, onContextFull: "slide" } as const;
/** Chromium lets a thread that computes go on for 2 s after `terminate()`. */
const KILLED_MS = 4000;
const killer = new BroadcastChannel("helper threads");
const opened: GPT[] = [];

async function load(threadUrl: string | undefined, options: LoadOptions = { threads: 2 }): Promise<GPT> {
  const workerUrl = sabotaged(killer.name, threadUrl);
  const gpt = await loadModel(MODEL, { format: "f32", tokenizer: "huggingface", ...options, workerUrl });
  opened.push(gpt);
  return gpt;
}

afterEach(() => {
  for (const gpt of opened.splice(0)) gpt.dispose();
});

/** What a promise rejects with; fails where it takes longer than `ms` or resolves. */
async function rejection(promise: PromiseLike<unknown>, ms: number): Promise<GPTError> {
  const late = new Promise<string>((resolve) => setTimeout(resolve, ms, `nothing came within ${ms} ms`));
  const error = await Promise.race([promise, late]).then(
    (value) => new Error(`it gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GPTError);
  return error as GPTError;
}

/** The model is over: every call answers at once with the error that ended it. */
async function expectOver(gpt: GPT, error: GPTError): Promise<void> {
  expect(error.code).toBe("thread-failed");
  expect(error.message).toContain("threads: 1");
  for (const call of [gpt.generate(PROMPT), gpt.logits(PROMPT), gpt.score(PROMPT), gpt.parameters()])
    expect(await rejection(call, 100)).toBe(error);
  gpt.dispose();
  expect(await rejection(gpt.logits(PROMPT), 100)).toBe(error);
}

test("a helper thread killed in the middle of a generation ends it, and the model, with a clear error", async () => {
  const gpt = await load(undefined);
  expect(gpt.info.threads).toBe(2);
  const run = gpt.generate(PROMPT, ENDLESS);
  const waiting = gpt.logits(PROMPT);
  let tokens = 0;
  const reading = (async () => {
    for await (const _ of run.tokens()) if (++tokens === 20) killer.postMessage("end");
  })();
  const error = await rejection(run, KILLED_MS);
  expect(await rejection(reading, 100)).toBe(error);
  expect(await rejection(waiting, 100)).toBe(error);
  expect(tokens).toBeGreaterThanOrEqual(20);
  await expectOver(gpt, error);
});

test("one killed between two calls rejects the next", async () => {
  const gpt = await load(undefined);
  await gpt.logits(PROMPT);
  killer.postMessage("end");
  await new Promise((resolve) => setTimeout(resolve, KILLED_MS));
  await expectOver(gpt, await rejection(gpt.logits(PROMPT), 1000));
});

test.each([
  ["throws", "throw new Error('boom')", 2000],
  ["never answers", "for (;;);", 9000],
])("one that %s in the middle of its work ends the generation", async (_, fault, ms) => {
  const gpt = await load(faultyThread(500, fault));
  await expectOver(gpt, await rejection(gpt.generate(PROMPT, ENDLESS), ms));
});

const BROKEN = {
  "a script that throws": "throw new Error('boom')",
  "a script that is no JavaScript": "<!doctype html>",
  "a script that can't start the kernels": `
    import ${JSON.stringify(script("WebAssembly.instantiate = async () => { throw new Error('boom'); };"))};
    import ${JSON.stringify(source("/worker/wasm/thread.ts"))};
  `,
};

test.each(Object.entries(BROKEN))(
  "%s for a thread: asked for, the load rejects; else one thread works",
  async (_, code) => {
    const error = await rejection(load(script(code)), 4000);
    expect(error.code).toBe("thread-failed");
    expect(error.message).toContain("did not start");
    const gpt = await load(script(code), { threads: "auto", kernels: "simd", cacheFormat: "f32" });
    expect(gpt.info.threads).toBe(1);
    expect(gpt.info.threadsReason).toContain("did not start");
    using whole = await goldenModel("wide", { threads: 1 });
    expect(await gpt.logits(PROMPT)).toEqual(await whole.logits(PROMPT));
  },
);

test("a thread that never answers is done without, and ended", async () => {
  const beats = vi.fn();
  const heart = new BroadcastChannel("heart");
  heart.onmessage = beats;
  const silent = script(`
    const heart = new BroadcastChannel("heart");
    setInterval(() => heart.postMessage("beats"), 20);
  `);
  const gpt = await load(silent, { threads: "auto" });
  expect(gpt.info).toMatchObject({ threads: 1, threadsReason: expect.stringContaining("no answer within 5 s") });
  expect(beats).toHaveBeenCalled();
  await vi.waitFor(
    async () => {
      beats.mockClear();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(beats).not.toHaveBeenCalled();
    },
    { timeout: KILLED_MS },
  );
  heart.close();
});

test("a very slow one changes no bit", async () => {
  const slow = await load(faultyThread(0, "const end = performance.now() + 20; while (performance.now() < end);"));
  using alone = await goldenModel("wide", { threads: 1, cacheFormat: "f16", kernels: "auto" });
  const options = { temperature: 0, stopTokens: [], maxNewTokens: 12 };
  expect((await slow.generate(PROMPT, options)).ids).toEqual((await alone.generate(PROMPT, options)).ids);
});

test("threads work where a page may have no locks", async () => {
  const refused = script(
    `navigator.locks.request = async () => { throw new DOMException("no locks", "SecurityError"); };`,
  );
  const thread = script(
    `import ${JSON.stringify(refused)}; import ${JSON.stringify(source("/worker/wasm/thread.ts"))};`,
  );
  const worker = sabotaged(killer.name, thread);
  const workerUrl = script(`await import(${JSON.stringify(refused)}); await import(${JSON.stringify(worker)});`);
  const gpt = await loadModel(MODEL, { format: "f32", tokenizer: "huggingface", threads: 2, workerUrl });
  opened.push(gpt);
  expect(gpt.info.threads).toBe(2);
  expect((await gpt.generate(PROMPT, { ...ENDLESS, maxNewTokens: 5 })).ids).toHaveLength(5);
});
