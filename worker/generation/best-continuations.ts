/** One more token for one of several beams. */
export interface Continuation {
  /** Which beam. */
  beam: number;
  id: number;
  /** Of the beam and the token. */
  score: number;
  /** Of the token, under the model's own distribution. */
  logprob: number;
}

/** The `count` best continuations of all beams, best first; impossible ones are left out. Filled beam by beam. */
export class BestContinuations {
  private readonly best: Continuation[] = [];

  constructor(private readonly count: number) {}

  /** Considers every token after a beam: `scores` [vocabSize] are added to the beam's own. */
  add(beam: number, beamScore: number, scores: Float32Array, logprobs = scores): void {
    let worst = this.worst();
    for (let id = 0; id < scores.length; id++) {
      const score = beamScore + (scores[id] ?? -Infinity);
      if (score <= worst) continue;
      this.insert({ beam, id, score, logprob: Math.min(0, logprobs[id] ?? 0) });
      worst = this.worst();
    }
  }

  list(): readonly Continuation[] {
    return this.best;
  }

  private worst(): number {
    return this.best.length < this.count ? -Infinity : (this.best.at(-1)?.score ?? -Infinity);
  }

  private insert(continuation: Continuation): void {
    const place = this.best.findIndex(({ score }) => score < continuation.score);
    this.best.splice(place < 0 ? this.best.length : place, 0, continuation);
    this.best.length = Math.min(this.best.length, this.count);
  }
}
