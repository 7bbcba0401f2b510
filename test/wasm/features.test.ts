import { afterEach, describe, expect, test, vi } from "vitest";
import { support } from "../../src/support";
import { instantiate } from "../../worker/wasm/instantiate";

afterEach(() => vi.unstubAllGlobals());

describe("a browser without", () => {
  const without = (bytes: number) => {
    const { validate } = WebAssembly;
    vi.stubGlobal("WebAssembly", {
      ...Object.fromEntries(Object.getOwnPropertyNames(WebAssembly).map((key) => [key, Reflect.get(WebAssembly, key)])),
      validate: (module: Uint8Array<ArrayBuffer>) => module.length < bytes && validate(module),
    });
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
