import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CACHE_NAME, intoCache, isKept, markOf } from "../../worker/checkpoint/cache";
import { openFile } from "../../worker/checkpoint/fetch";
import { openCheckpoint } from "../../worker/checkpoint/load";
import type { LoadProgress } from "../../worker/checkpoint/types";
import { collect } from "../helpers/collect";
import { parameters } from "../helpers/parameters";

/** V8's own, with `--expose-gc`. */
declare function gc(options: { type: "major"; execution: "async" }): Promise<void>;

let run = 0;
const address = (settings: string) => `/faults/${settings}&cached=${Date.now()}-${++run}/relu40`;

beforeEach(forget);
afterEach(forget);

async function forget(): Promise<void> {
  await caches.delete(CACHE_NAME);
}

async function entries(): Promise<string[]> {
  return (await (await caches.open(CACHE_NAME)).keys()).map(({ url }) => url);
}

/** The files that are there with their marks. Nothing else is. */
async function kept(): Promise<string[]> {
  const all = await entries();
  const files = all.filter((url) => all.includes(markOf(url)));
  expect([...files, ...files.map(markOf)].sort()).toEqual(all.sort());
  return files.map((url) => new URL(url).pathname.split("/").at(-1) ?? "").sort();
}

async function load(folder: string, options: { cache?: boolean } = {}) {
  const phases = new Set<string>();
  const onProgress = ({ phase }: LoadProgress) => phases.add(phase);
  const checkpoint = await openCheckpoint(folder, { parameters, cache: true, onProgress, ...options });
  const { parameters: found } = await collect(checkpoint);
  await checkpoint.keep();
  return { found, phases: [...phases], plan: checkpoint.plan };
}

/** How often the server was asked for a file. */
async function requests(folder: string, file: string): Promise<number> {
  const response = await fetch(`${folder}/${file}`);
  await response.body?.cancel();
  return Number(response.headers.get("X-Requests")) - 1;
}

test("the second load asks the server for nothing and brings the same", async () => {
  const folder = address("fault=none");
  const first = await load(folder);
  expect(first.phases).toEqual(["download"]);
  expect(await kept()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  const second = await load(folder);
  expect(second.phases).toEqual(["cache"]);
  expect(second.found).toEqual(first.found);
  for (const file of ["config.json", "model.safetensors", "tokenizer.json"])
    expect(await requests(folder, file)).toBe(1);
});

test("without the option nothing of the page's own origin is kept", async () => {
  const checkpoint = await openCheckpoint(address("fault=none"), { parameters });
  await checkpoint.read(
    () => {},
    () => {},
  );
  await checkpoint.keep();
  expect(await kept()).toEqual([]);
});

test("a download that was cut and went on is kept whole", async () => {
  const folder = address("fault=cut&file=model.safetensors&times=2");
  const first = await load(folder);
  const again = await load(folder);
  expect([first.phases, again.phases]).toEqual([["download"], ["cache"]]);
  expect(again.found).toEqual(first.found);
});

describe("a load that fails leaves nothing, and the next one works", () => {
  test.each([
    "fault=html&file=config.json&times=2",
    "fault=html&file=model.safetensors&times=2",
    "fault=status&status=404&file=model.safetensors&times=1",
    "fault=short&file=model.safetensors&times=1",
    "fault=short&file=tokenizer.json&times=1",
    "fault=cut&ranges=no&file=model.safetensors&times=2",
    "fault=extra&file=model.safetensors&times=1",
  ])("%s", async (fault) => {
    const folder = address(fault);
    await expect(load(folder)).rejects.toMatchObject({ name: "GPTError" });
    expect(await kept()).toEqual([]);
    expect((await load(folder)).phases).toEqual(["download"]);
    expect((await kept()).length).toBe(3);
  });

  test("an abort at half of the weights", async () => {
    const folder = address("fault=slow&file=model.safetensors&delay=20");
    const control = new AbortController();
    const options = { base: location.href, cache: true, signal: control.signal };
    const reader = await openFile(`${folder}/model.safetensors`, options);
    control.abort();
    await expect(reader.rest()).rejects.toMatchObject({ name: "AbortError" });
    expect(await kept()).toEqual([]);
    await load(folder);
    expect((await kept()).length).toBe(3);
  });
});

test("a kept file that is wrong is asked for once more and replaced", async () => {
  const folder = address("fault=none");
  const url = new URL(`${folder}/config.json`, location.href).href;
  const stale = await caches.open(CACHE_NAME);
  await stale.put(
    url,
    Response.json({ model_type: "gpt2", n_embd: 8, n_head: 1, n_layer: 1, n_ctx: 4, vocab_size: 3 }),
  );
  expect((await load(folder)).plan.config.embDim).toBe(24);
  expect((await load(folder)).phases).toEqual(["cache"]);
});

describe("what an earlier load left wrong is replaced", () => {
  /** Puts an entry for a file of a folder: bytes of the file, with its mark or without. */
  async function leave(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>, marked: boolean): Promise<void> {
    const cache = await caches.open(CACHE_NAME);
    const url = new URL(`${folder}/${file}`, location.href).href;
    await cache.put(url, new Response(bytes));
    if (marked) await cache.put(markOf(url), new Response());
    else await cache.delete(markOf(url));
  }
  const weights = async (checkpoint: string) =>
    new Uint8Array(await (await fetch(`/test/golden/${checkpoint}/model.safetensors`)).arrayBuffer());

  test("a file that was cut when its worker ended has no mark and is not read", async () => {
    const folder = address("fault=none");
    const { found } = await load(folder);
    await leave(folder, "model.safetensors", (await weights("relu40")).slice(0, 5000), false);
    const again = await load(folder);
    expect(again).toMatchObject({ found, phases: ["download"] });
    expect((await load(folder)).phases).toEqual(["cache"]);
  });

  test.each([
    ["cut", (bytes: Uint8Array) => bytes.slice(0, -40)],
    ["too long", (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ])("weights that turn out %s while they are read", async (_, wrong) => {
    const folder = address("fault=none");
    const { found } = await load(folder);
    await leave(folder, "model.safetensors", wrong(await weights("relu40")) as Uint8Array<ArrayBuffer>, true);
    const progress: LoadProgress[] = [];
    const checkpoint = await openCheckpoint(folder, { parameters, cache: true, onProgress: (p) => progress.push(p) });
    const { parameters: again } = await collect(checkpoint);
    await checkpoint.keep();
    expect(again).toEqual(found);
    expect(progress.map(({ loaded }) => loaded)).toEqual(progress.map(({ loaded }) => loaded).sort((a, b) => a - b));
    expect(progress.at(-1)?.loaded).toBe(progress.at(-1)?.total);
    expect(await load(folder)).toMatchObject({ found, phases: ["cache"] });
  });

  test("a lone file that is none from its first byte on", async () => {
    const url = address("fault=none").replace("relu40", "gguf");
    await leave(url, "tied.gguf", new TextEncoder().encode("<!doctype html>"), true);
    const first = await load(`${url}/tied.gguf`);
    expect(first.phases).toEqual(["download"]);
    expect(await load(`${url}/tied.gguf`)).toMatchObject({ found: first.found, phases: ["cache"] });
  });

  test("of another model than the server's now: this load says so, the next is whole", async () => {
    const folder = address("fault=none");
    const config = await (await fetch("/test/golden/head26/config.json")).arrayBuffer();
    await leave(folder, "config.json", new Uint8Array(config), true);
    await leave(folder, "model.safetensors", (await weights("head26")).slice(0, -40), true);
    await expect(load(folder)).rejects.toMatchObject({ code: "truncated" });
    const next = await load(folder);
    expect(next.phases).toEqual(["download"]);
    expect(next.plan.config.embDim).toBe(24);
  });
});

describe("offline, what was kept loads", () => {
  const golden = async (file: string) =>
    new Uint8Array(await (await fetch(`/test/golden/relu40/${file}`)).arrayBuffer());
  const index = { weight_map: { a: "one.safetensors" } };
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  test.each([
    ["shards", { "model.safetensors": "one.safetensors" }, { "model.safetensors.index.json": json(index) }],
    ["a vocabulary and its merges", { "tokenizer.json": "" }, { "vocab.json": json({ a: 0 }), "merges.txt": json("") }],
  ])("%s", async (_, renamed: Record<string, string>, others: Record<string, Uint8Array<ArrayBuffer>>) => {
    const files: Record<string, Uint8Array<ArrayBuffer>> = { ...others };
    for (const file of ["config.json", "model.safetensors", "tokenizer.json"])
      files[renamed[file] ?? file] = await golden(file);
    const answer = async (url: RequestInfo | URL) => {
      const file = files[new URL(String(url)).pathname.split("/").at(-1) ?? ""];
      return new Response(file ?? null, { status: file ? 200 : 404 });
    };
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(answer);
    try {
      const folder = `https://models.example/${++run}`;
      const first = await load(folder);
      const { tokenizer } = await openCheckpoint(folder, { parameters });
      spy.mockRejectedValue(new TypeError("Failed to fetch"));
      expect(await load(folder)).toMatchObject({ found: first.found, phases: ["cache"] });
      expect((await openCheckpoint(folder, { parameters })).tokenizer).toEqual(tokenizer);
      expect(tokenizer).toBeDefined();
    } finally {
      spy.mockRestore();
    }
  });
});

test("where the cache has no room the load goes on", async () => {
  const { put } = Cache.prototype;
  Cache.prototype.put = async (_, answer) => {
    await (answer as Response).body?.getReader().cancel();
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    expect((await load(address("fault=none"))).found.size).toBeGreaterThan(0);
    Cache.prototype.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
    expect((await load(address("fault=none"))).found.size).toBeGreaterThan(0);
  } finally {
    Cache.prototype.put = put;
  }
});

test("a slow disk holds the download back, and has all of it in the end", async () => {
  const { put } = Cache.prototype;
  let openDisk = () => {};
  const disk = new Promise<void>((resolve) => {
    openDisk = resolve;
  });
  const written: number[] = [];
  Cache.prototype.put = async (_, answer) => {
    await disk;
    written.push((await answer.arrayBuffer()).byteLength);
  };
  try {
    let sent = 0;
    const next = async () => (sent < 64 && ++sent ? new Uint8Array(1 << 20) : undefined);
    const file = new URL(address("fault=none"), location.href).href;
    const stream = await intoCache({ file, phase: "download", size: undefined, next, cancel() {} });
    const reading = (async () => {
      while (await stream.next());
      await stream.keep?.();
    })();
    await new Promise((resolve) => setTimeout(resolve)); // what waits for nothing else is done by then
    expect(sent).toBeLessThan(16);
    openDisk();
    await reading;
    expect(written).toEqual([64 << 20, 0]); // the file, then its mark
  } finally {
    Cache.prototype.put = put;
  }
});

test("a disk that is full holds no long download back, and has no mark of it", async () => {
  const put = vi.spyOn(Cache.prototype, "put").mockRejectedValue(new DOMException("full", "QuotaExceededError"));
  try {
    let sent = 0;
    const next = async () => (sent < 64 && ++sent ? new Uint8Array(1 << 20) : undefined);
    const file = new URL(address("fault=none"), location.href).href;
    const stream = await intoCache({ file, phase: "download", size: undefined, next, cancel() {} });
    while (await stream.next());
    await stream.keep?.();
    expect(sent).toBe(64);
    expect(put.mock.calls.map(([url]) => url)).toEqual([file]);
  } finally {
    put.mockRestore();
  }
});

test("a download that is given up ends what the cache was writing of it", async () => {
  let ended: Promise<unknown> = Promise.resolve();
  const put = vi.spyOn(Cache.prototype, "put").mockImplementation(async (_, answer) => {
    ended = answer.arrayBuffer().catch(() => "cut");
    await ended;
  });
  try {
    const cancel = vi.fn();
    const file = new URL(address("fault=none"), location.href).href;
    const next = async () => new Uint8Array(9);
    const stream = await intoCache({ file, phase: "download", size: undefined, next, cancel });
    await stream.next();
    await vi.waitFor(() => expect(put).toHaveBeenCalled());
    stream.cancel();
    expect(cancel).toHaveBeenCalledOnce();
    expect(await ended).toBe("cut");
  } finally {
    put.mockRestore();
  }
});

test("a kept file that the browser can't read to its end is asked for again", async () => {
  const folder = address("fault=none");
  const first = await load(folder);
  const { match } = Cache.prototype;
  const spy = vi.spyOn(Cache.prototype, "match").mockImplementation(async function (this: Cache, url, options) {
    if (!String(url).endsWith("/model.safetensors")) return match.call(this, url, options);
    const whole = await (await match.call(this, url, options))?.arrayBuffer();
    const parts = [whole?.slice(0, whole.byteLength / 2)];
    return new Response(
      new ReadableStream({
        pull(controller) {
          const part = parts.shift();
          if (part) controller.enqueue(new Uint8Array(part));
          else controller.error(new DOMException("lost", "NotReadableError"));
        },
      }),
    );
  });
  try {
    expect((await load(folder)).found).toEqual(first.found);
    expect(await requests(folder, "model.safetensors")).toBe(2);
  } finally {
    spy.mockRestore();
  }
});

test("a kept file is read to its end, whatever the engine collects meanwhile", async () => {
  const folder = address("fault=none");
  const { found } = await load(folder);
  for (let i = 0; i < 20; i++) {
    let again: typeof found | undefined;
    load(folder).then((loaded) => {
      again = loaded.found;
    }); // held by nothing else, as a worker holds it
    for (let waits = 0; !again && waits < 200; waits++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await gc({ type: "major", execution: "async" });
    }
    expect(again).toEqual(found);
  }
});

test("what is kept when the caller does not say", () => {
  const here = new URL("/model/config.json", location.href);
  expect(isKept(here, undefined)).toBe(false);
  expect(isKept(here, true)).toBe(true);
  const hub = new URL("https://huggingface.co/openai-community/gpt2/resolve/main/config.json");
  expect(isKept(hub, undefined)).toBe(true);
  expect(isKept(hub, false)).toBe(false);
  expect(isKept(new URL("https://example.org/m/config.json?signature=1"), undefined)).toBe(false);
  expect(isKept(new URL("blob:https://example.org/1"), true)).toBe(false);
});
