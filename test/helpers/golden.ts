import { readSafetensors } from "./checkpoints";
import { widen } from "./collect";

/** The golden checkpoints, and what each is for. */
export const CHECKPOINTS = ["head26", "relu40", "wide", "bf16mask"] as const;

/** A file of test/golden. */
export async function goldenFile(path: string): Promise<ArrayBuffer> {
  const response = await fetch(`/test/golden/${path}`);
  if (!response.ok) throw new Error(`test/golden/${path}: ${response.status}`);
  return response.arrayBuffer();
}

/** A tensor of a safetensors file, in f32, read the simplest way. */
export function tensorOf(file: ArrayBuffer, name: string): Float32Array {
  return widen(readSafetensors(file).header[name].dtype, rawTensorOf(file, name));
}

/** The bytes of a tensor of a safetensors file. */
export function rawTensorOf(file: ArrayBuffer, name: string): Uint8Array {
  const { header, dataStart } = readSafetensors(file);
  return new Uint8Array(file, dataStart).subarray(...(header[name].data_offsets as [number, number]));
}

/** An I32 tensor of a safetensors file. */
export function intsOf(file: ArrayBuffer, name: string): Int32Array {
  const { header, dataStart } = readSafetensors(file);
  const { data_offsets } = header[name] as { data_offsets: [number, number] };
  return new Int32Array(file.slice(dataStart + data_offsets[0], dataStart + data_offsets[1]));
}
