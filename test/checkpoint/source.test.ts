import { expect, test } from "vitest";
import { filesOf } from "../../worker/checkpoint/source";

const base = "https://page.example/app/";
const hub = "https://huggingface.co";

test.each([
  ["owner/name", `${hub}/owner/name/resolve/main/model.safetensors`],
  ["owner/gpt2.5-small", `${hub}/owner/gpt2.5-small/resolve/main/model.safetensors`],
  ["./owner/name", `${base}owner/name/model.safetensors`],
  ["owner/name/", `${base}owner/name/model.safetensors`],
  ["name", `${base}name/model.safetensors`],
  ["models/tiny.gguf", `${base}models/tiny.gguf`],
  ["models/other.safetensors", `${base}models/other.safetensors`],
  ["/model?key=1", "https://page.example/model/model.safetensors?key=1"],
])("the weights of %s", (source, weights) => {
  expect(String(filesOf(source, { base }).weights)).toBe(weights);
});

test.each([undefined, null, [], {}, { weights: [] }])("%j has no weights", (source) => {
  expect(() => filesOf(source as never, { base })).toThrow("The source has no weights, expected an address");
});

test.each([
  ["models/pytorch_model.bin", /app\/models\/pytorch_model\.bin is neither .*save_pretrained\(\)/],
  ["https://a.example/tf_model.h5?download=true", /tf_model\.h5\?download=true is neither/],
  ["model.pt", /neither/],
  ["/model.PTH", /neither/],
  ["/last.ckpt", /neither/],
  ["/model/model.safetensors.index.json", /index\.json is neither .*Give its folder's address/],
])("%s is no model", (source, message) => {
  const expected = { code: "bad-argument", message: expect.stringMatching(message) };
  expect(() => filesOf(source, { base })).toThrow(expect.objectContaining(expected));
});

test("a hub id's revision may be a branch with a slash", () => {
  const { config } = filesOf("owner/name", { base, revision: "refs/pr/1" });
  expect(config).toBe(`${hub}/owner/name/resolve/refs%2Fpr%2F1/config.json`);
});
