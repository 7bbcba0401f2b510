import { describe, expect, test, vi } from "vitest";
import { openFile } from "../../worker/checkpoint/fetch";
import { openCheckpoint } from "../../worker/checkpoint/load";
import { readTokenizer } from "../../worker/checkpoint/texts";
import type { LoadProgress } from "../../worker/checkpoint/types";
import { GPTError } from "../../worker/errors";
import { collect } from "../helpers/collect";
import { goldenFile, tensorOf } from "../helpers/golden";
import { parameters } from "../helpers/parameters";

const TIMES = `run=${Date.now()}`; // a new address each run: the server counts
const base = location.href;

async function load(folder: string, onProgress?: (event: LoadProgress) => void) {
  const checkpoint = await openCheckpoint(folder, { parameters, ...(onProgress && { onProgress }) });
  return { ...checkpoint, ...(await collect(checkpoint)) };
}

const failure = (code: string, message: RegExp) => ({
  name: "GPTError",
  code,
  message: expect.stringMatching(message),
});

describe("what a server answers in a file's place", () => {
  test.each([
    ["fault=html&file=config.json", "not-a-model-file", /config\.json holds an HTML page/],
    ["fault=html&file=model.safetensors", "not-a-model-file", /relu40\/model\.safetensors holds an HTML page/],
    ["fault=status&status=404&file=config.json", "http-error", /config\.json was answered with 404/],
    ["fault=status&status=404&file=model.safetensors", "http-error", /model\.safetensors was answered with 404/],
    ["fault=status&status=503&file=tokenizer.json", "http-error", /tokenizer\.json was answered with 503/],
    ["fault=short&file=model.safetensors", "truncated", /model\.safetensors ends after 76052 bytes, within tensor/],
    ["fault=extra&file=model.safetensors", "bad-header", /goes on after the last tensor/],
    [
      "fault=cut&ranges=no&file=model.safetensors",
      "network",
      /lost after \d+ bytes of .*model\.safetensors.*answers 200/,
    ],
    ["fault=cut&changing=&file=model.safetensors", "network", /model\.safetensors: the file has changed since/],
    ["fault=short&file=config.json", "invalid-config", /config\.json is not JSON/],
    ["fault=short&file=tokenizer.json", "bad-tokenizer", /tokenizer\.json is not JSON/],
  ])("%s is told, and the same address works afterwards", async (fault, code, message) => {
    const folder = `/faults/${fault}&times=2&${TIMES}/relu40`;
    await expect(load(folder)).rejects.toMatchObject(failure(code, message));
    const file = await goldenFile("relu40/model.safetensors");
    let again = await load(folder).catch(() => undefined); // faults without a second request last two loads
    again ??= await load(folder);
    expect(again.parameters.get("out_head.weight")).toEqual(tensorOf(file, "lm_head.weight"));
  });

  test("a bare name that is no folder here may be meant as the hub's", async () => {
    const written =
      /gpt2\/config\.json (was answered with 404|holds an HTML page).* written owner\/name, as openai-community\/gpt2/;
    await expect(load("gpt2")).rejects.toMatchObject({ message: expect.stringMatching(written) });
    await expect(load("./gpt2")).rejects.toMatchObject({ message: expect.not.stringContaining("openai-community") });
  });

  test("a connection that is cut goes on where it was, as often as it takes", async () => {
    const folder = `/faults/fault=cut&file=model.safetensors&times=3&${TIMES}/wide`;
    const { parameters: found } = await load(folder);
    const file = await goldenFile("wide/model.safetensors");
    for (const name of ["wpe.weight", "wte.weight"])
      expect(found.get(name === "wpe.weight" ? "pos_emb.weight" : "tok_emb.weight")).toEqual(tensorOf(file, name));
    const { headers } = await fetch(`${folder}/model.safetensors`, { method: "HEAD" });
    expect(headers.get("X-Requests")).toBe("5"); // three cut ones, the last rest, and this
  });

  test("from another origin too, whose length is certain once the file's header tells it", async () => {
    const bytes = new Uint8Array(await goldenFile("relu40/model.safetensors"));
    const asked: (string | null)[] = [];
    const answer = async (url: RequestInfo | URL, options?: RequestInit) => {
      if (!String(url).endsWith("model.safetensors")) return realFetch(`/test/golden${new URL(String(url)).pathname}`);
      const range = new Headers(options?.headers).get("Range");
      asked.push(range);
      if (range) {
        const rest = bytes.slice(Number(/\d+/.exec(range)));
        return new Response(rest, { status: 206, headers: { "Content-Length": String(rest.length) } });
      }
      const cut = new ReadableStream({
        start: (controller) => controller.enqueue(bytes.slice(0, 40_000)),
        pull: (controller) => controller.error(new TypeError("network error")),
      });
      return new Response(cut, { headers: { "Content-Length": String(bytes.length) } });
    };
    const realFetch = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(answer);
    const { parameters: found } = await load("https://models.example/relu40").finally(() => spy.mockRestore());
    expect(asked).toEqual([null, "bytes=40000-"]);
    expect(found.get("out_head.weight")).toEqual(tensorOf(bytes.buffer, "lm_head.weight"));
  });

  test("an abort is heard while a cut download waits", async () => {
    const control = new AbortController();
    const url = `/faults/fault=cut&file=model.safetensors&${TIMES}&abort=/wide/model.safetensors`;
    const reading = (await openFile(url, { base, signal: control.signal })).rest();
    setTimeout(() => control.abort(), 200);
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a start page that the browser has kept is asked for again", async () => {
    const folder = `/faults/fault=html&file=config.json&times=1&keep=1&${TIMES}/head26`;
    await (await fetch(`${folder}/config.json`)).text();
    expect((await load(folder)).plan.config.embDim).toBe(52);
  });

  test("a folder without tokenizer.json, or with a start page for it, falls back to the pair, then to none", async () => {
    const withPage = await load(`/faults/fault=html&file=tokenizer.json&${TIMES}/head26`);
    expect(withPage.tokenizer).toHaveProperty("merges");
    for (const status of [403, 410]) {
      const refused = await load(`/faults/fault=status&status=${status}&file=tokenizer.json&${TIMES}/head26`);
      expect(refused.tokenizer).toHaveProperty("merges");
    }
    const without = await load(`/faults/fault=status&status=404&file=tokenizer.json&${TIMES}/wide`);
    expect(without.tokenizer).toBeUndefined();
  });

  test("what was added to the pair comes with it", async () => {
    const added = encodeURIComponent(JSON.stringify({ "<|user|>": 300 }));
    const { tokenizer } = await load(`/faults/fault=json&file=added_tokens.json&json=${added}&${TIMES}/head26`);
    expect(tokenizer).toMatchObject({ merges: expect.stringContaining("#version"), added: { "<|user|>": 300 } });
  });

  /** Reads the tokenizer of a folder with these files, and tells what it asked for. */
  async function readFrom(files: Record<string, string>) {
    const asked: string[] = [];
    const tokenizer = await readTokenizer({ tokenizer: undefined, folder: (name) => name }, (source) => {
      const name = String(source);
      asked.push(name);
      return openFile(new Blob([files[name] ?? "<!doctype html>"]), { base });
    });
    return { tokenizer, asked };
  }

  test("so do tokenizer_config.json and special_tokens_map.json, which a tokenizer.json does without", async () => {
    const pair = { "vocab.json": '{"a":0}', "merges.txt": "a b" };
    const beside = {
      "tokenizer_config.json": '{"add_prefix_space":true}',
      "special_tokens_map.json": '{"bos_token":"a"}',
    };
    const { tokenizer, asked } = await readFrom({ ...pair, ...beside });
    const [config, special] = [{ add_prefix_space: true }, { bos_token: "a" }];
    expect(tokenizer).toEqual({ vocab: { a: 0 }, merges: "a b", config, special });
    const names = ["added_tokens.json", ...Object.keys({ ...pair, ...beside })];
    expect(new Set(asked)).toEqual(new Set(["tokenizer.json", ...names]));
    expect((await readFrom({ "tokenizer.json": "{}", ...pair, ...beside })).asked).toEqual(["tokenizer.json"]);
  });

  test("of tokenizer.json and the pair, the fault is told that says more than that a file is not there", async () => {
    const absent = new GPTError("not-a-model-file", "absent");
    const broken = new GPTError("http-error", "broken");
    const unreached = new GPTError("network", "unreached");
    const opening = (whole: GPTError, pair: GPTError) =>
      readTokenizer({ tokenizer: undefined, folder: (name) => name }, async (name) => {
        throw name === "tokenizer.json" ? whole : pair;
      });
    expect(await opening(absent, absent)).toBeUndefined();
    await expect(opening(absent, broken)).rejects.toBe(broken);
    await expect(opening(absent, unreached)).rejects.toBe(unreached);
    await expect(opening(unreached, absent)).rejects.toBe(unreached);
  });

  test("from another origin whose server shows a page only what it has, and hides that it lacks the rest", async () => {
    const realFetch = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
      const answer = await realFetch(`/faults/fault=none&${TIMES}${new URL(String(url)).pathname}`);
      if (!answer.ok) throw new TypeError("Failed to fetch");
      return answer;
    });
    const { plan, tokenizer } = await load("https://models.example/head26").finally(() => spy.mockRestore());
    expect(plan.eosTokenIds).toEqual([299]); // config.json's: there is no generation_config.json
    expect(tokenizer).toHaveProperty("merges"); // nor a tokenizer.json
  });

  test("from another origin that compresses: the length it tells is not the file's", async () => {
    const bytes = await goldenFile("relu40/model.safetensors");
    const realFetch = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
      if (!String(url).endsWith("model.safetensors")) return realFetch(`/test/golden${new URL(String(url)).pathname}`);
      return new Response(bytes, { headers: { "Content-Length": "1000" } }); // Content-Encoding is not shown
    });
    const { parameters: found } = await load("https://models.example/relu40").finally(() => spy.mockRestore());
    expect(found.get("out_head.weight")).toEqual(tensorOf(bytes, "lm_head.weight"));
  });

  test("a host that does not answer", async () => {
    const opening = load("http://127.0.0.1:9/model");
    await expect(opening).rejects.toMatchObject(failure("network", /127\.0\.0\.1:9.*could not be reached/));
  });
});

describe("lengths", () => {
  test.each(["gzip", "gzip-chunked", "no-length", "slow"])("%s: progress ends at its total", async (fault) => {
    const events: LoadProgress[] = [];
    const { parameters: found } = await load(`/faults/fault=${fault}&${TIMES}/wide`, (event) => events.push(event));
    const file = await goldenFile("wide/model.safetensors");
    expect(found.get("pos_emb.weight")).toEqual(tensorOf(file, "wpe.weight"));
    let before = 0;
    for (const { loaded, total, rate } of events) {
      expect(total).toBe(file.byteLength);
      expect(loaded).toBeGreaterThanOrEqual(before);
      expect(loaded).toBeLessThanOrEqual(total);
      expect(Number.isFinite(rate)).toBe(true);
      before = loaded;
    }
    expect(before).toBe(file.byteLength);
  });
});

describe("abort", () => {
  test("before, while opening, and at half of the file", async () => {
    const url = `/faults/fault=slow&delay=30&${TIMES}/wide/model.safetensors`;
    const open = (signal: AbortSignal) => openFile(url, { base, signal });
    await expect(open(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    const reason = new Error("changed my mind");
    const early = new AbortController();
    const opening = open(early.signal);
    early.abort(reason);
    await expect(opening).rejects.toBe(reason);
    const control = new AbortController();
    const reader = await open(control.signal);
    for (let reads = 0; reads < 3; reads++) await reader.take(1000, new Uint8Array(1000), "a third");
    control.abort(reason);
    await expect(reader.rest()).rejects.toBe(reason);
  });

  test("is heard while bytes come from memory", async () => {
    const control = new AbortController();
    const weights = await goldenFile("wide/model.safetensors");
    const readers = [weights, new Blob([weights])].map((source) => openFile(source, { base, signal: control.signal }));
    const opened = await Promise.all(readers);
    control.abort();
    for (const reader of opened) await expect(reader.rest()).rejects.toMatchObject({ name: "AbortError" });
  });
});
