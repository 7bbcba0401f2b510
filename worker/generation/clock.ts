import type { Usage } from "../protocol";

/** What a generation took: begins to run when it is made. */
export class Clock {
  private readonly started = performance.now();
  private promptMs = 0;
  private firstTokenMs = 0;
  private firstTokens = 0;

  /** The prompt has been read. */
  promptRead(): void {
    this.promptMs = this.now();
  }

  /** `tokens` are the first ones, each from the prompt's own logits. */
  firstDrawn(tokens: number): void {
    this.firstTokenMs = this.now();
    this.firstTokens = tokens;
  }

  /** `fresh` ids of the prompt were read, the others were known. */
  usage(promptTokens: number, fresh: number, newTokens: number): Usage {
    return {
      promptTokens,
      newTokens,
      timeToFirstTokenMs: this.firstTokenMs,
      prefillTokensPerSecond: rate(fresh, this.promptMs),
      decodeTokensPerSecond: rate(newTokens - this.firstTokens, this.now() - this.firstTokenMs),
    };
  }

  private now(): number {
    return performance.now() - this.started;
  }
}

function rate(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (1000 * count) / ms : 0;
}
