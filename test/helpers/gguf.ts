/** A metadata value to be written: the type's number (`gguf_metadata_value_type`) and the value. */
export type GgufEntry = [key: string, type: number, value: number | bigint | string | readonly string[]];

export interface GgufTensor {
  name: string;
  /** Innermost first, as GGUF has them. */
  dimensions: readonly number[];
  type: number;
  offset: number;
}

/** The bytes of a GGUF file with any header, right or wrong, and `data` zero bytes after it. */
export function writeGguf(
  entries: readonly GgufEntry[],
  tensors: readonly GgufTensor[],
  { version = 3, data = 0, tensorCount = tensors.length } = {},
): ArrayBuffer {
  const bytes: number[] = [];
  const u32 = (value: number) => bytes.push(...new Uint8Array(Uint32Array.of(value).buffer));
  const u64 = (value: number | bigint) => bytes.push(...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  const string = (value: string) => {
    const text = new TextEncoder().encode(value);
    u64(text.length);
    bytes.push(...text);
  };
  bytes.push(..."GGUF".split("").map((letter) => letter.charCodeAt(0)));
  u32(version);
  u64(tensorCount);
  u64(entries.length);
  for (const [key, type, value] of entries) {
    string(key);
    u32(type);
    if (typeof value === "string") string(value);
    else if (typeof value === "number") u32(value);
    else if (typeof value === "bigint") u64(value);
    else {
      u32(8);
      u64(value.length);
      value.forEach(string);
    }
  }
  for (const { name, dimensions, type, offset } of tensors) {
    string(name);
    u32(dimensions.length);
    dimensions.forEach(u64);
    u32(type);
    u64(offset);
  }
  const dataStart = Math.ceil(bytes.length / 32) * 32;
  const file = new Uint8Array(dataStart + data);
  file.set(bytes);
  return file.buffer;
}
