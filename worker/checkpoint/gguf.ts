import { GPTError } from "../errors";
import { align, elementsOf } from "../shape";
import type { ByteReader } from "./byte-reader";
import { BLOCKS } from "./ggml-blocks";
import { GgufCursor, type GgufValue } from "./gguf-cursor";
import type { FileHeader, FileTensor } from "./types";

/** A GGUF header: what `general.…`, `gpt2.…` and `tokenizer.…` say, and the tensors. */
export interface GgufHeader extends FileHeader {
  metadata: ReadonlyMap<string, GgufValue>;
}

/** A type's name, elements of a block, its bytes. */
type BlockSize = readonly [name: string, elements: number, bytes: number];

/** ggml's types by number (ggml.h, `enum ggml_type`). */
const TYPES: ReadonlyMap<number, BlockSize> = new Map<number, BlockSize>([
  [0, ["F32", 1, 4]],
  [1, ["F16", 1, 2]],
  [2, ["Q4_0", 32, 18]],
  [3, sizeOf("Q4_1")],
  [6, sizeOf("Q5_0")],
  [7, sizeOf("Q5_1")],
  [8, ["Q8_0", 32, 34]],
  [9, ["Q8_1", 32, 40]],
  [10, sizeOf("Q2_K")],
  [11, sizeOf("Q3_K")],
  [12, sizeOf("Q4_K")],
  [13, sizeOf("Q5_K")],
  [14, sizeOf("Q6_K")],
  [15, ["Q8_K", 256, 292]],
  [16, ["IQ2_XXS", 256, 66]],
  [17, ["IQ2_XS", 256, 74]],
  [18, ["IQ3_XXS", 256, 98]],
  [19, ["IQ1_S", 256, 50]],
  [20, sizeOf("IQ4_NL")],
  [21, ["IQ3_S", 256, 110]],
  [22, ["IQ2_S", 256, 82]],
  [23, ["IQ4_XS", 256, 136]],
  [24, ["I8", 1, 1]],
  [25, ["I16", 1, 2]],
  [26, ["I32", 1, 4]],
  [27, ["I64", 1, 8]],
  [28, ["F64", 1, 8]],
  [29, ["IQ1_M", 256, 56]],
  [30, ["BF16", 1, 2]],
  [34, ["TQ1_0", 256, 54]],
  [35, ["TQ2_0", 256, 66]],
  [39, ["MXFP4", 32, 17]],
  [40, ["NVFP4", 64, 36]],
]);

/** Of a type that becomes f32 while it is read: its own row knows. */
function sizeOf(name: keyof typeof BLOCKS): BlockSize {
  const { values, bytes } = BLOCKS[name];
  return [name, values, bytes];
}

const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;
/** A vocabulary of 250,000 with its merges takes a tenth of it. */
const MAX_HEADER_BYTES = 100_000_000;
/** GPT-2's vocabulary with its merges is 1.7 MB: one read in one piece. */
const FIRST_READ_BYTES = 1 << 21;

const MAGIC_BYTES = 4;

/**
 * Reads and checks a GGUF header, version 2 or 3; the reader then stands at the first tensor's first byte.
 * Throws `GPTError` `bad-header` that names the key or tensor, `truncated`.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export async function readGgufHeader(reader: ByteReader): Promise<GgufHeader> {
  for (let bytes = FIRST_READ_BYTES; ; bytes = Math.min(4 * bytes, MAX_HEADER_BYTES)) {
    const head = await reader.peek(bytes);
    try {
      const header = parseGguf(head, reader.file);
      await reader.skip(header.dataStart, "its header");
      return header;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // a RangeError: it goes on after these bytes
      if (head.length < bytes) {
        const message = `${reader.file} ends after ${head.length} bytes, within its header. Download it again.`;
        throw new GPTError("truncated", message);
      }
      if (bytes === MAX_HEADER_BYTES) throw badHeader(reader.file, `it is longer than ${MAX_HEADER_BYTES} bytes`);
    }
  }
}

/** Parses a header that lies within `head`. Throws `RangeError` where it goes on, `GPTError` `bad-header`. */
function parseGguf(head: Uint8Array, file: string): GgufHeader {
  const cursor = new GgufCursor(head);
  cursor.skip(MAGIC_BYTES);
  const version = cursor.u32();
  if (version !== 2 && version !== 3) throw badHeader(file, `its version is ${version}, expected 2 or 3`);
  const tensorCount = cursor.u64();
  const keyCount = cursor.u64();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.string();
    if (metadata.has(key)) throw badHeader(file, `it holds ${key} twice`);
    const value = cursor.value(cursor.u32());
    if (value === undefined) throw badHeader(file, `${key} has an unknown type`);
    metadata.set(key, value);
  }
  const alignment = Number(metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT);
  if (!Number.isInteger(alignment) || alignment < 1) throw badHeader(file, `general.alignment is ${alignment}`);
  const tensors: FileTensor[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(parseTensor(cursor, file)); // no allocation by a count that may lie
  const dataStart = align(cursor.at, alignment);
  const end = checkPlaces(tensors, alignment, file);
  return {
    file,
    names: "gguf",
    metadata,
    tensors: tensors.map((tensor) => ({ ...tensor, begin: dataStart + tensor.begin })),
    dataStart,
    fileBytes: dataStart + end,
    padding: align(end, alignment) - end,
  };
}

/** `begin` counts from the data's start. Dimensions are stored innermost first; ours are the other way round. */
function parseTensor(cursor: GgufCursor, file: string): FileTensor {
  const name = cursor.string();
  const dimensions = cursor.u32();
  if (dimensions > MAX_DIMENSIONS) throw badHeader(file, `tensor ${name} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.u64()).reverse();
  const type = cursor.u32();
  const begin = cursor.u64();
  const found = TYPES.get(type);
  if (!found) throw badHeader(file, `tensor ${name} has the unknown type ${type}`);
  const [dtype, elements, bytes] = found;
  const row = shape.at(-1) ?? 1;
  if (row % elements !== 0)
    throw badHeader(file, `tensor ${name} has rows of ${row}, ${dtype} needs whole ${elements}s`);
  const blocks = elementsOf(shape) / elements;
  return { name, dtype, shape, begin, bytes: blocks * bytes };
}

/** Tensors follow one another, each on the next multiple of the alignment, as llama.cpp demands. Returns their end. */
function checkPlaces(tensors: readonly FileTensor[], alignment: number, file: string): number {
  const names = new Set<string>();
  let end = 0;
  for (const { name, begin, bytes } of tensors) {
    if (names.has(name)) throw badHeader(file, `it holds tensor ${name} twice`);
    names.add(name);
    const expected = align(end, alignment);
    if (begin !== expected) throw badHeader(file, `tensor ${name} begins at ${begin}, expected ${expected}`);
    end = begin + bytes;
    if (!Number.isSafeInteger(end)) throw badHeader(file, `tensor ${name} takes ${bytes} bytes`);
  }
  return end;
}

function badHeader(file: string, what: string): GPTError {
  return new GPTError("bad-header", `The GGUF header of ${file} is faulty: ${what}. Convert or download it again.`);
}
