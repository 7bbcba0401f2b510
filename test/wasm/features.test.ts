import { afterEach, describe, expect, test, vi } from "vitest";
import { support } from "../../src/support";
import { type DotProduct, instantiate } from "../../worker/wasm/instantiate";

afterEach(() => vi.unstubAllGlobals());

/** A WebAssembly that is another in these parts. */
function replace(parts: Partial<Record<keyof typeof WebAssembly, unknown>>): void {
  const names = Object.getOwnPropertyNames(WebAssembly);
  const own = Object.fromEntries(names.map((key) => [key, Reflect.get(WebAssembly, key)]));
  vi.stubGlobal("WebAssembly", { ...own, ...parts });
}

describe("a browser without", () => {
  const without = (bytes: number) => {
    const { validate } = WebAssembly;
    replace({ validate: (module: Uint8Array<ArrayBuffer>) => module.length < bytes && validate(module) });
  };

  test("WebAssembly, as in Lockdown Mode", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    expect(support()).toMatchObject({ simd: false, relaxedSimd: false });
    const expected = { code: "unsupported-browser", message: expect.stringContaining("Lockdown Mode") };
    await expect(instantiate("auto", false)).rejects.toMatchObject(expected);
  });

  test("SIMD", async () => {
    without(0);
    expect(support().advice[0]).toContain("no WebAssembly SIMD");
    await expect(instantiate("simd", false)).rejects.toMatchObject({ code: "unsupported-browser" });
  });

  test("relaxed SIMD: the plain kernels run, unless the others are asked for", async () => {
    without(34); // the module with relaxed SIMD is the longer one
    expect(support()).toMatchObject({ simd: true, relaxedSimd: false });
    const { name, reason } = await instantiate("auto", false);
    expect({ name, reason }).toMatchObject({ name: "simd", reason: expect.stringContaining("no relaxed SIMD") });
    await expect(instantiate("relaxed", false)).rejects.toMatchObject({ code: "unsupported-browser" });
  });
});

test("plain http is told to keep no downloads; that no private files are there costs nothing", () => {
  expect(support().advice.join()).not.toContain("https");
  vi.stubGlobal("isSecureContext", false);
  expect(support().advice.join()).toContain("https");
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { storage: undefined });
  expect(support()).toMatchObject({
    opfs: false,
    advice: expect.not.arrayContaining([expect.stringContaining("file")]),
  });
});

test("this browser has both", async () => {
  expect(support()).toMatchObject({ simd: true, relaxedSimd: true });
  expect(await instantiate("auto", false)).toMatchObject({ name: "relaxed" });
});

const clamped = (x: number) => Math.max(-32768, Math.min(32767, x));
const signed = (byte: number) => (byte << 24) >> 24;

test.each<[string, (a: number, b: number) => number, DotProduct]>([
  ["exact, of unsigned bytes", (a, b) => 4 * a * b, { exact: true, zero: 128 }],
  ["exact, of signed ones", (a, b) => 4 * a * signed(b), { exact: true, zero: 0 }],
  ["unsigned, its pairs saturating", (a, b) => 2 * clamped(2 * a * b), { exact: false, zero: 0 }],
  ["signed, its pairs saturating", (a, b) => 2 * clamped(2 * a * signed(b)), { exact: false, zero: 0 }],
])("a relaxed dot product that is %s is known for that", async (_, dot, expected) => {
  const { instantiate: real } = WebAssembly;
  replace({
    async instantiate(module: WebAssembly.Module, imports: { env: { memory: WebAssembly.Memory } }) {
      const { exports } = await real(module, imports);
      const probe_dot = (scratch: number) => {
        const { buffer } = imports.env.memory;
        const [a = 0] = new Int8Array(buffer, scratch, 1);
        const [b = 0] = new Uint8Array(buffer, scratch + 16, 1);
        new Int32Array(buffer, scratch + 32, 4).fill(dot(a, b));
      };
      return { exports: { ...exports, probe_dot } };
    },
  });
  expect((await instantiate("relaxed", false)).dot).toEqual(expected);
});

test("a browser that does not set 4 GB of addresses aside is asked for less", async () => {
  const { Memory } = WebAssembly;
  for (const most of [16384, 0]) {
    const asked: (number | undefined)[] = [];
    class Refusing extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked.push(descriptor.maximum);
        if (Number(descriptor.maximum) > most) throw new RangeError("could not allocate memory");
        super(descriptor);
      }
    }
    replace({ Memory: Refusing });
    const starting = instantiate("simd", false);
    if (most > 0) expect((await starting).memory).toBeInstanceOf(Refusing);
    else await expect(starting).rejects.toMatchObject({ code: "out-of-memory" });
    expect(asked).toEqual([65536, 32768, 16384, 8192].slice(0, asked.length));
    expect(asked.at(-1)).toBe(most || 8192);
    vi.unstubAllGlobals();
  }
});
