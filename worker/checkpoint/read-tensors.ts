import { PANEL } from "../formats";
import { elementsOf } from "../shape";
import type { ByteReader } from "./byte-reader";
import { leftOver } from "./header";
import type { FileHeader, OnRows, TensorPlan } from "./types";

/** Most bytes handed on at a time, unless one group of rows is longer. */
export const MAX_CHUNK_BYTES = 1 << 20;

/** Rows that belong together: a panel of outputs, or a block of inputs where the file holds [in, out]. */
export const GROUP_ROWS = { panel: PANEL, block: 32 };

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
        const rows = await reader.take(bytes, scratch, within);
        onRows(tensor, row, tensor.unpack?.(rows) ?? rows);
        row += bytes / rowBytes;
      }
    }
  }
  await reader.skip(header.fileBytes - reader.position, "a tensor that is passed over");
  if ((await reader.peek(header.padding + 1)).length > header.padding) throw leftOver(header);
}

/** Row ranges that no chunk crosses: where rows are outputs, each parameter's own, so that its groups start with it. */
function segments({ transposed, parts, shape }: TensorPlan): readonly (readonly [number, number])[] {
  return transposed ? [[0, shape[0] ?? 1]] : parts.map(({ begin, end }) => [begin, end] as const);
}

/** As many whole groups as the limit holds, at least one; so few that two bytes a value fit too, as blocks grow when they are widened. */
function chunkBytes(tensor: TensorPlan): number {
  const groupRows = tensor.transposed ? GROUP_ROWS.block : GROUP_ROWS.panel;
  const rowValues = elementsOf(tensor.shape.slice(1));
  const rows = Math.floor(MAX_CHUNK_BYTES / Math.max(bytesOfRow(tensor), 2 * rowValues));
  return bytesOfRow(tensor) * groupRows * Math.max(1, Math.floor(rows / groupRows));
}

function bytesOfRow({ bytes, shape }: TensorPlan): number {
  return bytes / (shape[0] ?? 1);
}
