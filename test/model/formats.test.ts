import { expect, test } from "vitest";
import type { FormatName } from "../../src/index";
import { assemble } from "../../worker/machine/assemble";
import { initialise } from "../../worker/machine/initialise";
import { startEngine } from "../../worker/machine/start-engine";
import { completeConfig } from "../../worker/model/config";
import { Sequence } from "../../worker/sequences/sequence";
import type { DotProduct } from "../../worker/wasm/instantiate";
import { FORMAT_BOUND, relativeDistance } from "../helpers/models";

const WIDENED: DotProduct = { exact: false, zero: 0 };

/** Logits of a seeded model; with `dot`, by the kernels that an engine with such a dot product takes. */
async function logitsOf(embDim: number, format: FormatName, dot?: DotProduct): Promise<Float32Array> {
  const config = completeConfig({ vocabSize: 300, contextLength: 64, embDim, nHeads: 8, nLayers: 2 });
  const { engine, ...others } = await startEngine({ kernels: "relaxed", threads: 1 });
  const started = { ...others, engine: { ...engine, dot: dot ?? engine.dot } };
  const machine = await assemble(config, { format }, Promise.resolve(started));
  if (dot) expect(machine.weights.matrix("tok_emb.weight").format.matmul).toBe("matmul_q8_0_i16");
  initialise(machine, { seed: 3 });
  return (await new Sequence(machine).extend([3, 1, 4, 1, 5, 9, 2, 6])).slice();
}

for (const width of [136, 520]) {
  test.each(["q8_0", "q4_0"] as const)(
    `width ${width}, %s: near f32 by this engine's dot product and by widened ones`,
    async (format) => {
      const exact = await logitsOf(width, "f32");
      const far = [
        relativeDistance(await logitsOf(width, format), exact),
        relativeDistance(await logitsOf(width, format, WIDENED), exact),
      ];
      console.log(`width ${width}, ${format}: ${far.map((each) => each.toExponential(1)).join(", widened ")}`);
      for (const each of far) expect(each).toBeLessThan(FORMAT_BOUND[format]);
    },
  );
}
