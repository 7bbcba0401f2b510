import { GPTError } from "../errors";
import type { ByteReader } from "./byte-reader";
import { headerBytes, PREFIX_BYTES, parseHeader } from "./safetensors";
import type { FileHeader, OnRows, TensorPlan } from "./types";

/** Most bytes handed on at a time, unless one group of rows is longer. */
export const MAX_CHUNK_BYTES = 1 << 20;

/** Rows that belong together: a panel of outputs, or a block of inputs where the file holds [in, out]. */
const GROUP_ROWS = { panel: 8, block: 32 };

/** Reads the header of a safetensors file; the reader then stands at the first tensor's first byte. */
export async function readHeader(reader: ByteReader): Promise<FileHeader> {
  const within = "its header";
  const prefix = await reader.take(PREFIX_BYTES, new Uint8Array(PREFIX_BYTES), within);
  const length = headerBytes(prefix, reader.file);
  checkRoom(reader, PREFIX_BYTES + length, "its header ends");
  const header = parseHeader(await reader.take(length, new Uint8Array(length), within), reader.file);
  checkRoom(reader, header.fileBytes, "its tensors end");
  const { size } = reader.stream;
  if (size !== undefined && size > header.fileBytes) throw leftOver(reader.file, header);
  return header;
}

/**
 * Streams the tensors of a plan through `onRows`, whole rows at a time: as many groups as `MAX_CHUNK_BYTES` holds, at
 * least one. Holds one chunk in memory. Throws `GPTError` `truncated`, `network`, or `bad-header` for bytes left over.
 */
export async function readTensors(
  reader: ByteReader,
  header: FileHeader,
  tensors: readonly TensorPlan[],
  onRows: OnRows,
): Promise<void> {
  const scratch = new Uint8Array(Math.max(0, ...tensors.map((each) => Math.min(chunkBytes(each), each.bytes))));
  for (const tensor of tensors) {
    await reader.skip(tensor.offset - reader.position, "a tensor that is passed over");
    const rowBytes = bytesOfRow(tensor);
    const within = `tensor ${tensor.name}`;
    for (const [begin, end] of segments(tensor)) {
      for (let row = begin; row < end; ) {
        const bytes = Math.min(chunkBytes(tensor), (end - row) * rowBytes);
        onRows(tensor, row, await reader.take(bytes, scratch, within));
        row += bytes / rowBytes;
      }
    }
  }
  await reader.skip(header.fileBytes - reader.position, "a tensor that is passed over");
  if ((await reader.peek(1)).length > 0) throw leftOver(reader.file, header);
}

/** Row ranges that no chunk crosses: where rows are outputs, each parameter's own, so that its groups start with it. */
function segments({ transposed, parts, shape }: TensorPlan): readonly (readonly [number, number])[] {
  return transposed ? [[0, shape[0] ?? 1]] : parts.map(({ begin, end }) => [begin, end] as const);
}

function chunkBytes(tensor: TensorPlan): number {
  const groupBytes = bytesOfRow(tensor) * (tensor.transposed ? GROUP_ROWS.block : GROUP_ROWS.panel);
  return groupBytes * Math.max(1, Math.floor(MAX_CHUNK_BYTES / groupBytes));
}

function bytesOfRow({ bytes, shape }: TensorPlan): number {
  return bytes / (shape[0] ?? 1);
}

function checkRoom({ file, stream }: ByteReader, needed: number, what: string): void {
  if (stream.size === undefined || stream.size >= needed) return;
  const message = `${file} is ${stream.size} bytes long, but ${what} at ${needed}. Download or copy it again.`;
  throw new GPTError("truncated", message);
}

function leftOver(file: string, { fileBytes }: FileHeader): GPTError {
  const message = `${file} goes on after the last tensor, which ends at byte ${fileBytes}. Save it again.`;
  return new GPTError("bad-header", message);
}
