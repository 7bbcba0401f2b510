/**
 * Token ids to text, piece by piece, where no piece ends in half a character: a character's bytes may be spread over
 * several tokens, and are held back until the last of them is there. The pieces joined equal the decode of all ids at
 * once, U+FFFD for bytes that are no UTF-8 included.
 */
export class StreamDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #bytes: (id: number) => Uint8Array;

  /** `bytes`: what a token stands for, empty for an id without one (`Tokenizer.bytes`). */
  constructor(bytes: (id: number) => Uint8Array) {
    this.#bytes = bytes;
  }

  /** The text that is certain once this token is known; often `''`. */
  push(id: number): string {
    return this.#utf8.decode(this.#bytes(id), { stream: true });
  }

  /** What was held back, as U+FFFD; the decoder is then as new. */
  flush(): string {
    return this.#utf8.decode();
  }
}
