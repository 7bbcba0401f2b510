import { GPTError } from "../errors";
import { elementsOf } from "../shape";
import { isObject } from "../values";
import { repeatedKey } from "./json-keys";
import type { FileHeader, FileTensor } from "./types";

/** Bits of an element, by safetensors' names (safetensors/src/tensor.rs, `Dtype`). */
const BITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    4: "F4",
    6: "F6_E2M3 F6_E3M2",
    8: "BOOL U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ",
    16: "I16 U16 F16 BF16",
    32: "I32 U32 F32",
    64: "I64 U64 F64 C64",
  }).flatMap(([bits, names]) => names.split(" ").map((name) => [name, Number(bits)] as const)),
);

/** The format's own limit on the header. */
const MAX_HEADER_BYTES = 100_000_000;

/** Bytes before the header: its length, little-endian. */
export const PREFIX_BYTES = 8;

/** Length of the header that follows the first eight bytes. Throws `GPTError` `bad-header`. */
export function headerBytes(prefix: Uint8Array, file: string): number {
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true));
  if (length < 2 || length > MAX_HEADER_BYTES) {
    throw new GPTError(
      "bad-header",
      `${file} is neither GGUF nor a safetensors file: its first eight bytes give a header of ${length} bytes, expected 2 to ` +
        `${MAX_HEADER_BYTES}.`,
    );
  }
  return length;
}

/**
 * Reads and checks a safetensors header: names once, known types, each range as long as its shape says, the ranges
 * one after the other from the first byte on without overlap or hole. Throws `GPTError` `bad-header` that names the
 * tensor. Format: https://huggingface.co/docs/safetensors, "Format".
 */
export function parseHeader(header: Uint8Array, file: string): FileHeader {
  const entries = parseEntries(header, file);
  const dataStart = PREFIX_BYTES + header.length;
  const tensors = entries.map(([name, entry]) => parseTensor(name, entry, dataStart, file));
  tensors.sort((a, b) => a.begin - b.begin || a.bytes - b.bytes);
  let end = dataStart;
  let before = "the header";
  for (const { name, begin, bytes } of tensors) {
    if (begin !== end) {
      const fault =
        begin < end ? `overlaps ${before} by ${end - begin}` : `leaves a hole after ${before} of ${begin - end}`;
      throw badHeader(file, `tensor ${name} ${fault} bytes`);
    }
    end = begin + bytes;
    before = name;
  }
  return { file, names: "hub", tensors, dataStart, fileBytes: end, padding: 0 };
}

function parseEntries(header: Uint8Array, file: string): [string, unknown][] {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new GPTError(
      "bad-header",
      `The header of ${file} is not JSON in UTF-8 (${String(cause)}). Download it again.`,
      {
        cause,
      },
    );
  }
  if (!isObject(parsed)) {
    throw badHeader(file, `it is ${text.length > 40 ? `${text.slice(0, 40)}…` : text}, expected an object`);
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw badHeader(file, `it holds ${repeated} twice`);
  return Object.entries(parsed).filter(([name]) => name !== "__metadata__");
}

function parseTensor(name: string, entry: unknown, dataStart: number, file: string): FileTensor {
  const { dtype, shape, data_offsets: range } = isObject(entry) ? entry : {};
  if (!isWholeNumbers(shape) || !isWholeNumbers(range) || typeof dtype !== "string") {
    throw badHeader(file, `tensor ${name} has no dtype, shape or data_offsets`);
  }
  const bits = BITS.get(dtype);
  if (bits === undefined) throw badHeader(file, `tensor ${name} has the unknown dtype ${dtype}`);
  const [begin = 0, end = 0] = range;
  const needed = (elementsOf(shape) * bits) / 8;
  if (range.length !== 2 || end < begin || end - begin !== needed) {
    throw badHeader(
      file,
      `tensor ${name} has the bytes [${range.join(", ")}], but ${dtype} [${shape.join(", ")}] takes ${needed} bytes`,
    );
  }
  return { name, dtype, shape, begin: dataStart + begin, bytes: needed };
}

function badHeader(file: string, what: string): GPTError {
  return new GPTError("bad-header", `The header of ${file} is faulty: ${what}. Save or download the file again.`);
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
