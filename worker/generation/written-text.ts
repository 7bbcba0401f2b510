import { StopTexts } from "./stop-texts";

/** Ids to text, whole characters only. */
export interface TokenDecoder {
  push(id: number): string;
  flush(): string;
}

/** The text of one sequence as it may be shown: whole characters, and nothing that may begin a stop text. */
export class WrittenText {
  private readonly stops: StopTexts;
  private shown = "";

  constructor(
    private readonly decoder: TokenDecoder,
    stops: readonly string[],
  ) {
    this.stops = new StopTexts(stops);
  }

  /** What was shown so far. */
  get text(): string {
    return this.shown;
  }

  /** A stop text came; the text ends before it. */
  get stopped(): boolean {
    return this.stops.found;
  }

  /** One more token → what can be shown now. */
  push(id: number): string {
    return this.show(this.stops.push(this.decoder.push(id)));
  }

  /** The end → what was held back. */
  end(): string {
    const piece = this.stops.push(this.decoder.flush());
    return this.show(piece + this.stops.flush());
  }

  private show(piece: string): string {
    this.shown += piece;
    return piece;
  }
}
