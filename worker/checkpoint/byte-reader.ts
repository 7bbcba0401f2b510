import { joined } from "../bytes";
import { GPTError } from "../errors";
import type { Chunks } from "./chunks";
import type { LoadProgress } from "./types";

/** Where bytes come from. */
export interface ByteStream extends Chunks {
  /** What messages call it: an address or a file's name. */
  file: string;
  phase: LoadProgress["phase"];
  /** Its length, where that is certain before reading. */
  size: number | undefined;
  /** What the server says to tell this file from another at its address. */
  version?: string | undefined;
  /** Hears how long the file should be, once its own header tells. */
  foretold?(least: number, most: number): void;
  /** Once the whole was read and found right: lets a cache remember it. */
  keep?(): Promise<void>;
}

/** Reads a stream in pieces of chosen size. */
export class ByteReader {
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bytes handed out so far. */
  position = 0;

  /** Hears the bytes handed out so far. */
  onAdvance: (position: number) => void = () => {};

  constructor(readonly stream: ByteStream) {}

  get file(): string {
    return this.stream.file;
  }

  /** Up to `bytes` bytes from here on, without moving; fewer at the end. */
  async peek(bytes: number): Promise<Uint8Array> {
    if (this.#left < bytes) {
      const parts = [this.#chunk.slice(this.#at)];
      let missing = bytes - this.#left;
      while (missing > 0) {
        const next = await this.stream.next();
        if (!next) break;
        parts.push(next.slice());
        missing -= next.length;
      }
      this.#chunk = joined(parts);
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at, this.#at + bytes);
  }

  /**
   * The next `bytes` bytes: a view of the stream's own chunk where they lie in one, else copied into `scratch`.
   * Valid until the next call. Throws `GPTError` `truncated`, saying within what the stream ended.
   */
  async take(bytes: number, scratch: Uint8Array, within: string): Promise<Uint8Array> {
    if (this.#left >= bytes) return this.#advance(bytes);
    for (let filled = 0; filled < bytes; ) {
      const part = await this.some(bytes - filled, within);
      scratch.set(part, filled);
      filled += part.length;
    }
    return scratch.subarray(0, bytes);
  }

  /** Passes over the next `bytes` bytes. */
  async skip(bytes: number, within: string): Promise<void> {
    for (let left = bytes; left > 0; ) left -= (await this.some(left, within)).length;
  }

  /** What lies ready of the next `bytes` bytes, at least one of them. Valid until the next call. */
  async some(bytes: number, within: string): Promise<Uint8Array> {
    if (this.#left === 0) await this.#load(within);
    return this.#advance(Math.min(this.#left, bytes));
  }

  /** All that is left. */
  async rest(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [this.#advance(this.#left).slice()];
    for (let next = await this.stream.next(); next; next = await this.stream.next()) parts.push(next.slice());
    return joined(parts);
  }

  get #left(): number {
    return this.#chunk.length - this.#at;
  }

  #advance(bytes: number): Uint8Array {
    const part = this.#chunk.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    this.position += bytes;
    this.onAdvance(this.position);
    return part;
  }

  async #load(within: string): Promise<void> {
    const next = await this.stream.next();
    if (!next) {
      throw new GPTError(
        "truncated",
        `${this.file} ends after ${this.position} bytes, within ${within}. Download or copy it again.`,
      );
    }
    this.#chunk = next;
    this.#at = 0;
  }
}
