import type { Checkpoint, OnRows, TensorPlan } from "../../worker/checkpoint/types";

/** The parameters of a checkpoint as the model gets them, [out, in] in f32, and the calls that brought them. */
export async function collect(checkpoint: Pick<Checkpoint, "read">) {
  let untied = 0;
  const parameters = new Map<string, Float32Array>();
  const calls: { tensor: TensorPlan; firstRow: number; rows: number; bytes: number }[] = [];
  const receive: OnRows = (tensor, firstRow, bytes) => {
    const [height = 1, width = 1] = tensor.shape;
    const values = widen(tensor.dtype, bytes);
    const rows = values.length / width;
    calls.push({ tensor, firstRow, rows, bytes: bytes.length });
    for (const { parameter, begin, end } of tensor.parts) {
      const inputs = tensor.transposed ? height : width;
      const whole = parameters.get(parameter) ?? new Float32Array((end - begin) * inputs).fill(Number.NaN);
      parameters.set(parameter, whole);
      for (let i = 0; i < values.length; i++) {
        const row = firstRow + Math.floor(i / width);
        const [out, input] = tensor.transposed ? [i % width, row] : [row, i % width];
        if (out >= begin && out < end) whole[(out - begin) * inputs + input] = values[i] as number;
      }
    }
  };
  await checkpoint.read(receive, () => {
    untied++;
    parameters.set("out_head.weight", (parameters.get("tok_emb.weight") as Float32Array).slice());
  });
  return { parameters, calls, untied };
}

/** Any of the types as f32. */
export function widen(dtype: string, bytes: Uint8Array): Float32Array {
  if (dtype === "Q8_0" || dtype === "Q4_0") return widenBlocks(dtype, bytes);
  const { buffer } = bytes.slice();
  if (dtype === "F32") return new Float32Array(buffer);
  const halves = new Uint16Array(buffer);
  if (dtype === "BF16") return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  return Float32Array.from(halves, widenF16);
}

function widenBlocks(dtype: "Q8_0" | "Q4_0", bytes: Uint8Array): Float32Array {
  const values: number[] = [];
  const blockBytes = dtype === "Q8_0" ? 34 : 18;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = new DataView(bytes.buffer, bytes.byteOffset + at, blockBytes);
    const scale = widenF16(block.getUint16(0, true));
    for (let i = 0; i < 32; i++) {
      if (dtype === "Q8_0") values.push(scale * block.getInt8(2 + i));
      else values.push(scale * (((block.getUint8(2 + (i % 16)) >> (i < 16 ? 0 : 4)) & 15) - 8));
    }
  }
  return Float32Array.from(values);
}

function widenF16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
