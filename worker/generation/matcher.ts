/** Where one sequence stands in a constraint. */
export interface Matcher {
  /** The tokens that can follow; an end token's bit is set where the text matches. */
  readonly mask: Uint32Array;
  /** The text matches and nothing more can follow. */
  readonly finished: boolean;
  /** The place after one more token. */
  after(id: number): Matcher;
}
