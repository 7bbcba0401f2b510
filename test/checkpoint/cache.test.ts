import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CACHE_NAME, isKept } from "../../worker/checkpoint/cache";
import { openCheckpoint } from "../../worker/checkpoint/load";
import type { LoadProgress } from "../../worker/checkpoint/types";
import { collect } from "../helpers/collect";
import { parameters } from "../helpers/parameters";

let run = 0;
const address = (settings: string) => `/faults/${settings}&cached=${Date.now()}-${++run}/relu40`;

beforeEach(forget);
afterEach(forget);

async function forget(): Promise<void> {
  await caches.delete(CACHE_NAME);
}

async function kept(): Promise<string[]> {
  const requests = await (await caches.open(CACHE_NAME)).keys();
  return requests.map(({ url }) => new URL(url).pathname.split("/").at(-1) ?? "").sort();
}

async function load(folder: string, options: { cache?: boolean; signal?: AbortSignal } = {}) {
  const phases = new Set<string>();
  const onProgress = ({ phase }: LoadProgress) => phases.add(phase);
  const checkpoint = await openCheckpoint(folder, { parameters, cache: true, onProgress, ...options });
  const { parameters: found } = await collect(checkpoint);
  await checkpoint.kept;
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
  await checkpoint.read(() => {});
  await checkpoint.kept;
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
    const checkpoint = await openCheckpoint(folder, { parameters, cache: true, signal: control.signal });
    const reading = checkpoint.read(() => control.abort());
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
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
