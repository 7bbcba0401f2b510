/**
 * Finds stop texts in a stream and lets through only what can't be the beginning of one. Of several, the one that
 * begins earliest in the text wins; none is empty. A lone surrogate in one counts as U+FFFD, as it does in a prompt.
 */
export class StopTexts {
  private held = "";
  private hit = false;
  private readonly stops: readonly string[];

  constructor(stops: readonly string[]) {
    this.stops = stops.map((stop) => stop.replace(/\p{Surrogate}/gu, "\uFFFD"));
  }

  /** A stop text came; nothing more will be let through. */
  get found(): boolean {
    return this.hit;
  }

  /** Takes a piece of text → what is certain to be part of the result. */
  push(piece: string): string {
    if (this.hit) return "";
    const text = this.held + piece;
    const places = this.stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
    if (places.length > 0) {
      this.hit = true;
      this.held = "";
      return text.slice(0, least(places));
    }
    const keep = least([text.length, ...this.stops.map((stop) => beginningOf(stop, text))]);
    this.held = text.slice(keep);
    return text.slice(0, keep);
  }

  /** What was held back, at the end of the stream. */
  flush(): string {
    const rest = this.held;
    this.held = "";
    return rest;
  }
}

/** As `Math.min`, which can't take a hundred thousand. */
const least = (places: readonly number[]): number => places.reduce((a, b) => Math.min(a, b));

/** Where the longest ending of `text` begins that is a beginning of `stop`, but not all of it; the text's length where none is. */
function beginningOf(stop: string, text: string): number {
  for (let at = Math.max(0, text.length - stop.length + 1); at < text.length; at++) {
    if (stop.startsWith(text.slice(at))) return at;
  }
  return text.length;
}
