/** What was written so far: prompt and generated tokens. */
export interface History {
  ids: ArrayLike<number>;
  /** How many of them are the prompt. */
  promptLength: number;
}

/** f32's largest number: a score never leaves the finite range, so that no later difference is NaN. */
const LARGEST = 3.4028234663852886e38;
const finite = (score: number): number => Math.min(LARGEST, Math.max(-LARGEST, score));

/** How often each id occurs among the last `window` ids of the history, from place `from` on. */
function counts({ ids }: History, from: number, window: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let i = Math.max(from, ids.length - window); i < ids.length; i++) {
    const id = ids[i] ?? 0;
    found.set(id, (found.get(id) ?? 0) + 1);
  }
  return found;
}

/** A score that the model has; ids past the vocabulary and forbidden ones are left alone. */
function change(scores: Float32Array, id: number, to: (score: number) => number): void {
  const score = scores[id];
  if (score !== undefined && score > -Infinity) scores[id] = finite(to(score));
}

/** Adds to the scores. OpenAI API, logit_bias; transformers' SequenceBiasLogitsProcessor for single tokens. */
export function logitBias(scores: Float32Array, biases: readonly (readonly [number, number])[]): void {
  for (const [id, bias] of biases) change(scores, id, (score) => score + bias);
}

/**
 * Tokens that occur in prompt or text: positive scores are divided by the penalty, negative ones multiplied; once a
 * token, however often it occurs. Keskar et al. 2019, arXiv:1909.05858, 4.1, with the sign of transformers.
 */
export function repetitionPenalty(scores: Float32Array, history: History, penalty: number, window: number): void {
  for (const id of counts(history, 0, window).keys()) {
    change(scores, id, (score) => (score < 0 ? score * penalty : score / penalty));
  }
}

/** Generated tokens: score − presence − frequency × occurrences. The prompt does not count. OpenAI API, as in vLLM. */
export function occurrencePenalty(
  scores: Float32Array,
  history: History,
  presence: number,
  frequency: number,
  window: number,
): void {
  for (const [id, count] of counts(history, history.promptLength, window)) {
    change(scores, id, (score) => score - presence - frequency * count);
  }
}
