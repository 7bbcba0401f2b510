import { expect, test } from "vitest";
import { type Binary, binaries, Harness } from "./harness";

async function probe(binary: Binary, a: number, b: number): Promise<number[]> {
  const harness = await Harness.of(binary);
  const scratch = harness.put(new Int8Array(64).fill(a, 0, 16).fill(b, 16, 32));
  harness.kernels.probe_dot(scratch);
  return [...new Int32Array(harness.getBytes(scratch + 32, 16).buffer)];
}

test("the plain binary's dot is signed and exact", async () => {
  expect(await probe("simd", 1, -1)).toEqual(new Array(4).fill(-4));
  expect(await probe("simd", 127, -1)).toEqual(new Array(4).fill(-508));
  expect(await probe("simd", -127, -127)).toEqual(new Array(4).fill(64516));
});

test("the relaxed dot is unsigned, signed or saturating, and exact with nibbles", async () => {
  const [sum] = await probe("relaxed", 127, -1);
  expect([129540, -508, 65534]).toContain(sum);
  expect(await probe("relaxed", -127, 15)).toEqual(new Array(4).fill(-7620));
});

test.each(binaries)("%s: kernels import nothing but their memory", async (binary) => {
  const url = new URL(`../../worker/wasm/kernels.${binary}.wasm`, import.meta.url);
  const imports = WebAssembly.Module.imports(await WebAssembly.compileStreaming(fetch(url)));
  expect(imports).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
});

test.each(binaries)("%s: kernels bring no data, so that weights may begin anywhere", async (binary) => {
  const url = new URL(`../../worker/wasm/kernels.${binary}.wasm`, import.meta.url);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  await WebAssembly.instantiateStreaming(fetch(url), { env: { memory } });
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
});
