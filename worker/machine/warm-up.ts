import { breathe } from "../breathe";
import { GPTError } from "../errors";
import { KVCache } from "../model/kv-cache";
import { Linear } from "../model/linear";
import { TransformerBlock } from "../model/transformer-block";
import type { Machine } from "./assemble";

/** Calls after which the engine's optimising compiler has taken over a kernel, with some to spare (measured: seven). */
const CALLS = 12;
/** A single token and a short prompt run different kernels. */
const ROWS = [1, 8];
/** Outputs of the head that are enough to warm its kernel, which in some formats no block runs. */
const HEAD_OUTPUTS = 512;

/**
 * Runs the first block and a slice of the head over and over, whatever their weights are by then, so that the first real token is not run
 * in the engine's slow tier, on all threads: it waits for them. Breathes between the calls: the weights arrive meanwhile. Rejects with `GPTError`
 * `thread-failed`.
 */
export async function warmUp({ config, ops, weights, arena, pool, info }: Machine): Promise<void> {
  await pool.ready;
  if (config.dummy || config.nLayers === 0) return;
  const tokens = weights.matrix("tok_emb.weight");
  const slice = new Linear(ops, { ...weights.head, outs: Math.min(weights.head.outs, HEAD_OUTPUTS) });
  const block = new TransformerBlock(ops, weights, 0);
  const cache = new KVCache({ ...config, nLayers: 1 }, info.cacheFormat, arena, CALLS * Math.max(...ROWS));
  for (const rows of ROWS.filter((count) => count <= config.contextLength)) {
    const run = { ids: new Int32Array(rows), cache };
    for (let call = 0; call < CALLS; call++) {
      try {
        ops.scoped(() => {
          const x = ops.gather(run.ids, tokens);
          block.forward(x, [run]);
          slice.forward(x);
        });
      } catch (error) {
        if (!(error instanceof GPTError && error.code === "bad-value")) throw error; // the first real pass will report it
      }
      await breathe();
    }
  }
}
