import type { Halt } from "../breathe";

/** The reasons to end that come from outside. */
export type EndReason = "aborted" | "time";

export function isEndReason(reason: unknown): reason is EndReason {
  return reason === "aborted" || reason === "time";
}

/** Why a generation has to end now, asked in each of its pauses: the page's abort, or its time is over. */
export class Deadline implements Halt {
  private readonly end: number;

  constructor(
    maxTime: number,
    private readonly signal?: Halt,
  ) {
    this.end = performance.now() + maxTime;
  }

  get reason(): EndReason | undefined {
    if (this.signal?.aborted) return "aborted";
    return performance.now() >= this.end ? "time" : undefined;
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }
}
