import type { FinishReason, Token } from "../protocol";
import type { ResolvedOptions } from "../sampling/options";

/** A sequence that has ended. */
export interface Hypothesis {
  tokens: readonly Token[];
  /** The sum of scores over length to the power of the penalty. */
  score: number;
  logprob: number;
  finishReason: FinishReason;
}

/** The best `numBeams` sequences that have ended, best first, and when no more are sought: transformers' rules. */
export class Hypotheses {
  private best: Hypothesis[] = [];

  constructor(
    private readonly options: Pick<ResolvedOptions, "numBeams" | "lengthPenalty" | "earlyStopping">,
    /** The most new tokens that a sequence can get. */
    private readonly maxLength: number,
  ) {}

  /** `sum` of scores and `length` with the end token. */
  add(sum: number, length: number, rest: Omit<Hypothesis, "score">): void {
    const { numBeams, lengthPenalty } = this.options;
    this.best.push({ ...rest, score: sum / length ** lengthPenalty });
    this.best = this.best.sort((a, b) => b.score - a.score).slice(0, numBeams);
  }

  list(): readonly Hypothesis[] {
    return this.best;
  }

  /** Whether a search whose best running beam has this sum, of `length` tokens, is over. */
  enough(sum: number, length: number): boolean {
    const { numBeams, lengthPenalty, earlyStopping } = this.options;
    const worst = this.best[numBeams - 1];
    if (!worst) return false;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? this.maxLength : length;
    return earlyStopping === true || sum / reach ** lengthPenalty <= worst.score;
  }
}
