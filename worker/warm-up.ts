import type { Sequence } from "./sequence";

/** Passes until the engine's optimising compiler has taken over the kernels (measured: seven calls of a product). */
const STEPS = 8;

/** Runs the kernels of a prompt and of single tokens, so that the first real token is not run in the slow tier. */
export async function warmUp(sequence: Sequence): Promise<void> {
  const prompt = Array.from({ length: Math.min(8, sequence.contextLength) }, () => 0);
  await sequence.extend(prompt);
  const steps = Math.min(STEPS, sequence.contextLength - prompt.length);
  for (let step = 0; step < steps; step++) await sequence.extend([0]);
  sequence.truncate(0);
}
