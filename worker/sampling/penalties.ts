/** What was written so far: prompt and generated tokens. */
export interface History {
  ids: ArrayLike<number>;
  /** How many of them are the prompt. */
  promptLength: number;
}

/** f32's largest number: a score never leaves the finite range, so that no later difference is NaN. */
const LARGEST = 3.4028234663852886e38;
const finite = (score: number): number => Math.min(LARGEST, Math.max(-LARGEST, score));

/**
 * Calls back for each id among the last `window` ids of the history, from place `from` on: once, with how often it
 * occurs. `seen` [vocabSize] is all 0 before and after; ids past it are left out.
 */
function forEachSeen(
  { ids }: History,
  from: number,
  window: number,
  seen: Int32Array,
  each: (id: number, count: number) => void,
): void {
  const start = Math.max(from, ids.length - window);
  for (let i = start; i < ids.length; i++) {
    const id = ids[i] ?? 0;
    seen[id] = (seen[id] ?? 0) + 1;
  }
  for (let i = start; i < ids.length; i++) {
    const id = ids[i] ?? 0;
    const count = seen[id] ?? 0;
    if (count === 0) continue;
    seen[id] = 0;
    each(id, count);
  }
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

/** How far back penalties look, and room to count in: [vocabSize], all 0. */
export interface Lookback {
  window: number;
  seen: Int32Array;
}

/**
 * Tokens that occur in prompt or text: positive scores are divided by the penalty, negative ones multiplied; once a
 * token, however often it occurs. Keskar et al. 2019, arXiv:1909.05858, 4.1, with the sign of transformers.
 */
export function repetitionPenalty(scores: Float32Array, history: History, penalty: number, span: Lookback): void {
  forEachSeen(history, 0, span.window, span.seen, (id) => {
    change(scores, id, (score) => (score < 0 ? score * penalty : score / penalty));
  });
}

/** Generated tokens that occur: score − penalty. The prompt does not count. OpenAI API, as in vLLM. */
export function presencePenalty(scores: Float32Array, history: History, penalty: number, span: Lookback): void {
  forEachSeen(history, history.promptLength, span.window, span.seen, (id) => {
    change(scores, id, (score) => score - penalty);
  });
}

/** Generated tokens: score − penalty × occurrences. The prompt does not count. OpenAI API, as in vLLM. */
export function frequencyPenalty(scores: Float32Array, history: History, penalty: number, span: Lookback): void {
  forEachSeen(history, history.promptLength, span.window, span.seen, (id, count) => {
    change(scores, id, (score) => score - penalty * count);
  });
}
