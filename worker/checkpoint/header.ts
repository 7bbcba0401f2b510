import { chunk } from "../chunk";
import { GPTError } from "../errors";
import type { ByteReader } from "./byte-reader";
import { headerBytes, PREFIX_BYTES, parseHeader } from "./safetensors";
import type { FileHeader } from "./types";

/**
 * Reads the header of a safetensors or GGUF file; the reader then stands at the first tensor's first byte. GGUF's
 * reader is a chunk of its own, loaded when a file begins so.
 * Throws `GPTError` `bad-header`, `truncated`.
 */
export async function readHeader(reader: ByteReader): Promise<FileHeader> {
  const magic = new TextDecoder().decode(await reader.peek(4));
  const header =
    magic === "GGUF" ? await (await chunk(import("./gguf-model"))).readGguf(reader) : await safetensors(reader);
  checkRoom(reader, header.fileBytes, "its tensors end");
  const { size } = reader.stream;
  reader.stream.foretold?.(header.fileBytes, header.fileBytes + header.padding);
  if (size !== undefined && size > header.fileBytes + header.padding) throw leftOver(header);
  return header;
}

/** The error for bytes after the last tensor. */
export function leftOver({ file, fileBytes }: FileHeader): GPTError {
  const message = `${file} goes on after the last tensor, which ends at byte ${fileBytes}. Save it again.`;
  return new GPTError("bad-header", message);
}

async function safetensors(reader: ByteReader): Promise<FileHeader> {
  const within = "its header";
  const prefix = await reader.take(PREFIX_BYTES, new Uint8Array(PREFIX_BYTES), within);
  const length = headerBytes(prefix, reader.file);
  checkRoom(reader, PREFIX_BYTES + length, "its header ends");
  return parseHeader(await reader.take(length, new Uint8Array(length), within), reader.file);
}

function checkRoom({ file, stream }: ByteReader, needed: number, what: string): void {
  if (stream.size === undefined || stream.size >= needed) return;
  const message = `${file} is ${stream.size} bytes long, but ${what} at ${needed}. Download or copy it again.`;
  throw new GPTError("truncated", message);
}
