import { expect, test } from "vitest";
import { BLOCKS, unpacker } from "../../worker/checkpoint/ggml-blocks";
import { goldenFile, rawTensorOf, tensorOf } from "../helpers/golden";

test.each(Object.entries(BLOCKS))("blocks of %s become gguf-py's numbers, bit for bit", async (name, type) => {
  const file = await goldenFile("blocks.safetensors");
  const expected = tensorOf(file, `${name}.unpacked`);
  const packed = rawTensorOf(file, `${name}.bytes`);
  const unpack = unpacker(type);
  const values = (blocks: Uint8Array) => new Float32Array(unpack(blocks).slice().buffer);
  expect(values(packed)).toEqual(expected);
  expect(values(packed.subarray(type.bytes))).toEqual(expected.slice(type.values)); // fewer than before, in the same place
});
