import { expect, test } from "vitest";
import { ByteReader } from "../../worker/checkpoint/byte-reader";
import { readHeader } from "../../worker/checkpoint/header";
import { repeatedKey } from "../../worker/checkpoint/json-keys";
import { openCheckpoint } from "../../worker/checkpoint/load";
import { joinSafetensors, writeSafetensors, zeroConfig, zeroTensors } from "../helpers/checkpoints";
import { parameters } from "../helpers/parameters";

const sizes = { vocabSize: 5, positions: 6, width: 4 };
const config = zeroConfig(sizes);

/** A whole checkpoint whose header text was changed. */
function altered(change: (header: string) => string, extra = 0): ArrayBuffer {
  const whole = writeSafetensors(zeroTensors(sizes));
  const length = Number(new DataView(whole).getBigUint64(0, true));
  const header = new TextDecoder().decode(new Uint8Array(whole, 8, length));
  return joinSafetensors(change(header), [new Uint8Array(whole, 8 + length), new Uint8Array(extra)]);
}

function entry(header: string, name: string): { shape: number[]; data_offsets: [number, number]; dtype: string } {
  return JSON.parse(header)[name];
}

function change(header: string, name: string, changes: object): string {
  const parsed = JSON.parse(header);
  return JSON.stringify({ ...parsed, [name]: { ...parsed[name], ...changes } });
}

const FAULTS: [string, ArrayBuffer, string, RegExp][] = [
  [
    "a name twice, at different offsets",
    altered((header) => {
      const { shape } = entry(header, "wpe.weight");
      return header.replace("{", `{"wpe.weight":${JSON.stringify({ dtype: "F32", shape, data_offsets: [0, 96] })},`);
    }),
    "bad-header",
    /wpe\.weight twice/,
  ],
  [
    "a name twice, once written with escapes",
    altered((header) => header.replace("{", '{"\\u0077te.weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},')),
    "bad-header",
    /wte\.weight twice/,
  ],
  [
    "data_offsets twice",
    altered((header) => header.replace('"data_offsets"', '"data_offsets":[0,80],"data_offsets"')),
    "bad-header",
    /data_offsets twice/,
  ],
  [
    "two tensors on the same bytes",
    altered((header) =>
      change(header, "h.0.ln_1.bias", { data_offsets: entry(header, "h.0.ln_1.weight").data_offsets }),
    ),
    "bad-header",
    /h\.0\.ln_1\.(bias|weight) overlaps h\.0\.ln_1\.(bias|weight) by 16 bytes/,
  ],
  [
    "a hole",
    altered((header) => {
      const { "h.0.ln_1.weight": _, ...rest } = JSON.parse(header);
      return JSON.stringify(rest);
    }),
    "bad-header",
    /h\.0\.ln_1\.bias leaves a hole after wpe\.weight of 16 bytes/,
  ],
  ["bytes after the last tensor", altered((header) => header, 7), "bad-header", /goes on after the last tensor/],
  [
    "a shape that needs more bytes than its range has",
    altered((header) => change(header, "wte.weight", { shape: [1e9, 1e9] })),
    "bad-header",
    /wte\.weight has the bytes \[0, 80\], but F32 \[1000000000, 1000000000\] takes 4000000000000000000 bytes/,
  ],
  [
    "a range that runs backwards",
    altered((header) => change(header, "wte.weight", { data_offsets: [80, 0] })),
    "bad-header",
    /wte\.weight/,
  ],
  [
    "a negative offset",
    altered((header) => change(header, "wte.weight", { data_offsets: [-80, 0] })),
    "bad-header",
    /wte\.weight/,
  ],
  ["a shape of fractions", altered((header) => change(header, "wte.weight", { shape: [2.5, 8] })), "bad-header", /wte/],
  [
    "an unknown dtype",
    altered((header) => change(header, "wte.weight", { dtype: "constructor" })),
    "bad-header",
    /wte\.weight has the unknown dtype constructor/,
  ],
  [
    "a dtype that is no weight",
    altered((header) => change(header, "wte.weight", { dtype: "I32" })),
    "wrong-dtype",
    /wte\.weight as I32/,
  ],
  ["an array for a header", joinSafetensors("[]"), "bad-header", /it is \[\], expected an object/],
  ["null for a header", joinSafetensors("null"), "bad-header", /null/],
  ["a header that is not JSON", joinSafetensors('{"wte.weight":'), "bad-header", /not JSON in UTF-8 \(/],
  ["a header that is not UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 255).buffer, "bad-header", /not JSON/],
  ["a header cut off", joinSafetensors("{}").slice(0, 9), "truncated", /9 bytes long, but its header ends at 10/],
  ["an empty file", new ArrayBuffer(0), "truncated", /ends after 0 bytes/],
  ["seven bytes", new ArrayBuffer(7), "truncated", /ends after 7 bytes/],
  ["zeros", new ArrayBuffer(64), "bad-header", /a header of 0 bytes/],
  [
    "a header of 2^60 bytes",
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 1, 2).buffer,
    "bad-header",
    /a header of 11529\d+ bytes/,
  ],
  [
    "half of the file",
    altered((header) => header).slice(0, 2000),
    "truncated",
    /2000 bytes long, but its tensors end at/,
  ],
  ["an HTML page", new TextEncoder().encode("\n<!DOCTYPE html><html>").buffer, "not-a-model-file", /an HTML page/],
  [
    "an HTML page with a byte order mark",
    new TextEncoder().encode("\ufeff<html>").buffer,
    "not-a-model-file",
    /an HTML page/,
  ],
  [
    "a Git LFS pointer",
    new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n").buffer,
    "not-a-model-file",
    /LFS/,
  ],
  ["a PyTorch zip", Uint8Array.of(80, 75, 3, 4, 0, 0, 8, 8, 0, 0).buffer, "not-a-model-file", /PyTorch/],
];

test.each(FAULTS)("%s is refused by name before a tensor is read", async (_, weights, code, message) => {
  const opening = openCheckpoint({ config, weights }, { parameters });
  await expect(opening).rejects.toMatchObject({ name: "GPTError", code, message: expect.stringMatching(message) });
});

test("metadata, spaces after the header and tensors out of order are fine", async () => {
  const weights = altered((header) => {
    const entries = Object.entries(JSON.parse(header)).reverse();
    return `${JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(entries) })}   `;
  });
  const { plan } = await openCheckpoint({ config, weights }, { parameters });
  expect(plan.tensors[0]?.name).toBe("wte.weight");
});

test("an empty tensor stands anywhere", async () => {
  const empty = { shape: [0, 4], data: [], dtype: "I64" };
  const weights = writeSafetensors({ ...zeroTensors(sizes), "v_head.weight": empty });
  const { plan, read } = await openCheckpoint({ config, weights }, { parameters });
  await read(
    () => {},
    () => {},
  );
  expect(plan.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(zeroTensors(sizes)).sort());
});

test("a header is read from a stream of single bytes", async () => {
  const bytes = new Uint8Array(writeSafetensors(zeroTensors(sizes)));
  let at = 0;
  const next = async () => (at < bytes.length ? bytes.subarray(at, ++at) : undefined);
  const reader = new ByteReader({ file: "slow", phase: "read", size: undefined, next, cancel() {} });
  const header = await readHeader(reader);
  expect(header.fileBytes).toBe(bytes.length);
  expect(reader.position).toBe(header.dataStart);
});

test("repeatedKey knows strings from structure", () => {
  expect(repeatedKey('{"a":"a\\":{","b":["a","a",{"a":1}],"c":{"a":1,"b":2}}')).toBeUndefined();
  expect(repeatedKey('{"x":[{"b":1,"b":2}]}')).toBe("b");
  expect(repeatedKey('{"a":1,"\\u0061":2}')).toBe("a");
});

test("a tensor without values may begin where another does, wherever the header names it", async () => {
  const empty = '"empty":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}';
  for (const weights of [
    altered((header) => header.replace("{", `{${empty},`)),
    altered((header) => header.replace(/\}$/, `,${empty}}`)),
  ]) {
    const { plan } = await openCheckpoint({ config, weights }, { parameters });
    expect(plan.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(zeroTensors(sizes)).sort());
  }
});
