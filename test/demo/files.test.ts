import { expect, test } from "vitest";
import { droppedFiles, fromAddress, fromFiles } from "../../demo/files";

const file = (name: string) => new File(["x"], name);

test("an address is named by its last part", () => {
  expect(fromAddress(" openai-community/gpt2 ")).toEqual({ name: "gpt2", source: "openai-community/gpt2" });
  expect(fromAddress("https://example.org/models/mine/?v=2").name).toBe("mine");
  expect(fromAddress("./small.gguf").name).toBe("small.gguf");
});

test("the files of a folder become one source, whatever lies beside them", () => {
  const [config, weights, tokenizer] = [file("config.json"), file("model.safetensors"), file("tokenizer.json")];
  expect(fromFiles([file("README.md"), tokenizer, weights, config])).toEqual({
    name: "model.safetensors",
    source: { config, weights, tokenizer },
  });
});

test("vocab.json and merges.txt stand in for tokenizer.json, and a single weights file may have any name", () => {
  const [config, weights, vocab, merges] = ["config.json", "mine.safetensors", "vocab.json", "merges.txt"].map(file);
  expect(fromFiles([config, weights, vocab, merges] as File[]).source).toEqual({
    config,
    weights,
    tokenizer: { vocab, merges },
  });
  const [added, settings, special] = ["added_tokens.json", "tokenizer_config.json", "special_tokens_map.json"].map(
    file,
  );
  const { source } = fromFiles([config, weights, vocab, merges, added, settings, special] as File[]);
  expect(source).toMatchObject({ tokenizer: { vocab, merges, added, config: settings, special } });
});

test("shards are one model's weights, in their order, and one that is not there is named", () => {
  const [config, tokenizer] = [file("config.json"), file("tokenizer.json")];
  const shards = [1, 2, 3].map((n) => file(`model-0000${n}-of-00003.safetensors`));
  const [first, second, third] = shards as [File, File, File];
  const { source } = fromFiles([third, file("model.safetensors.index.json"), first, config, second, tokenizer]);
  expect(source).toEqual({ config, weights: shards, tokenizer });
  expect(() => fromFiles([config, first, third, tokenizer])).toThrow(
    "model-00002-of-00003.safetensors is missing; found config.json",
  );
});

test("one .gguf holds everything itself", () => {
  const gguf = file("Small.GGUF");
  expect(fromFiles([file("README.md"), gguf])).toEqual({ name: "Small.GGUF", source: { weights: gguf } });
});

test("what is missing is named, and what was found", () => {
  expect(() => fromFiles([file("config.json"), file("tokenizer.json")])).toThrow(
    "model.safetensors is missing; found config.json, tokenizer.json.",
  );
  expect(() => fromFiles([file("vocab.json")])).toThrow(
    "config.json, model.safetensors and tokenizer.json (or vocab.json and merges.txt) are missing; found vocab.json.",
  );
  expect(() => fromFiles([])).toThrow("found nothing");
  expect(() =>
    fromFiles([file("config.json"), file("tokenizer.json"), file("a.safetensors"), file("b.safetensors")]),
  ).toThrow("model.safetensors is missing");
});

test("a dropped folder gives all its files, in however many batches the browser tells of them, and none of folders inside", async () => {
  const entry = (name: string) => ({ isFile: true, file: (found: (file: File) => void) => found(file(name)) });
  const folder = (...batches: unknown[][]) => ({
    isDirectory: true,
    createReader: () => ({ readEntries: (found: (batch: unknown[]) => void) => found(batches.shift() ?? []) }),
  });
  const dropped = folder([entry("config.json"), folder([entry("old.gguf")])], [entry("model.safetensors")]);
  const items = [
    { webkitGetAsEntry: () => dropped },
    { webkitGetAsEntry: () => null, getAsFile: () => file("tokenizer.json") },
    { webkitGetAsEntry: () => null, getAsFile: () => null }, // a text
  ];
  const files = await droppedFiles({ items } as unknown as DataTransfer);
  expect(files.map(({ name }) => name)).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
});
