import { expect, test, vi } from "vitest";
import type { FormatName, KernelsName } from "../../src/index";
import { assemble, type Machine } from "../../worker/machine/assemble";
import { startEngine } from "../../worker/machine/start-engine";
import { warmUp } from "../../worker/machine/warm-up";
import { completeConfig } from "../../worker/model/config";
import { Sequence } from "../../worker/sequences/sequence";

const SHAPE = { vocabSize: 600, contextLength: 32, embDim: 32, nHeads: 2, nLayers: 2 };

/** The kernels that run meanwhile. */
async function kernelsOf({ pool }: Machine, work: () => Promise<unknown>): Promise<Set<string>> {
  const spies = [vi.spyOn(pool, "run"), vi.spyOn(pool, "runAlone")];
  await work();
  const kernels = spies.flatMap(({ mock }) => mock.calls.map(([kernel]) => kernel));
  for (const spy of spies) spy.mockRestore();
  return new Set(kernels);
}

const formats: FormatName[] = ["f32", "f16", "q8_0", "q4_0"];
const settings = formats.flatMap((format) =>
  (["simd", "relaxed"] satisfies KernelsName[]).flatMap((kernels) =>
    [true, false].map((tied) => ({ format, kernels, tied })),
  ),
);

test.each(settings)(
  "all that a prompt and a token run has run while loading: $format, $kernels, tied: $tied",
  async ({ tied, ...options }) => {
    const config = completeConfig({ ...SHAPE, tied });
    const machine = await assemble(config, options, startEngine({ ...options, threads: 1 }));
    const warmed = await kernelsOf(machine, () => warmUp(machine));
    const sequence = new Sequence(machine);
    const used = await kernelsOf(machine, async () => {
      for (const ids of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [10]]) await sequence.extend(ids);
    });
    expect(used.size).toBeGreaterThan(5);
    expect([...used].filter((kernel) => !warmed.has(kernel))).toEqual([]);
  },
);
