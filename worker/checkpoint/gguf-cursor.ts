export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** The type of a string, by its number, and of an array. */
const STRING = 8;
const ARRAY = 9;

/** Reads the little-endian values of a GGUF header one after the other. Throws `RangeError` past the bytes' end. */
export class GgufCursor {
  readonly #view: DataView;
  at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(bytes: number): number {
    const from = this.at;
    if (!(from + bytes <= this.bytes.length)) throw new RangeError("past the end");
    this.at += bytes;
    return from;
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** As a number: what does not fit is past every end anyway. */
  u64(): number {
    const low = this.u32();
    return low + 2 ** 32 * this.u32();
  }

  string(): string {
    const length = this.u64();
    const from = this.skip(length);
    return utf8.decode(this.bytes.subarray(from, from + length));
  }

  /** A value of the type with this number (`gguf_metadata_value_type`), or `undefined` for an unknown type. */
  value(type: number): GgufValue | undefined {
    if (type === ARRAY) return this.#array();
    return READERS[type]?.(this, this.#view);
  }

  #array(): readonly GgufValue[] | undefined {
    const type = this.u32();
    const count = this.u64();
    if (type === STRING) return this.#strings(count);
    const values: GgufValue[] = [];
    for (let i = 0; i < count; i++) {
      const value = this.value(type);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  /** Decoded all at once, with a 0 between them, and cut there: a vocabulary takes a tenth of the time of one by one. */
  #strings(count: number): readonly string[] {
    const { bytes, at: begin } = this;
    const joined = new Uint8Array(bytes.length - begin);
    let length = 0;
    for (let i = 0; i < count; i++, length++) {
      const size = this.u64();
      const from = this.skip(size);
      for (let j = from; j < from + size; j++) joined[length++] = bytes[j] as number; // no view of each: less garbage
    }
    const strings = count > 0 ? utf8.decode(joined.subarray(0, length - 1)).split("\0") : [];
    if (strings.length === count) return strings;
    this.at = begin; // one holds a 0 itself
    return Array.from({ length: count }, () => this.string());
  }
}

/** By the type's number; an array is not here. */
const READERS: readonly (((cursor: GgufCursor, view: DataView) => GgufValue) | undefined)[] = [
  (cursor, view) => view.getUint8(cursor.skip(1)),
  (cursor, view) => view.getInt8(cursor.skip(1)),
  (cursor, view) => view.getUint16(cursor.skip(2), true),
  (cursor, view) => view.getInt16(cursor.skip(2), true),
  (cursor, view) => view.getUint32(cursor.skip(4), true),
  (cursor, view) => view.getInt32(cursor.skip(4), true),
  (cursor, view) => view.getFloat32(cursor.skip(4), true),
  (cursor, view) => view.getUint8(cursor.skip(1)) !== 0,
  (cursor) => cursor.string(),
  undefined,
  (cursor, view) => view.getBigUint64(cursor.skip(8), true),
  (cursor, view) => view.getBigInt64(cursor.skip(8), true),
  (cursor, view) => view.getFloat64(cursor.skip(8), true),
];
