import { GPTError } from "../errors";
import { align } from "../shape";
import type { Checkpoint, OnRows, Twins } from "./types";

/** A checkpoint whose `read` hands on the second of two twins only from the chunk on in which it is another. */
export function withTwins(checkpoint: Checkpoint, twins: Twins): Checkpoint {
  const read: Checkpoint["read"] = (onRows, onOwnHead) =>
    checkpoint.read(compared(twins, onRows, onOwnHead), onOwnHead);
  return { ...checkpoint, read };
}

/** Keeps a hash of each chunk of the first; the second is cut into the same chunks unless its type is another. */
function compared(twins: Twins, onRows: OnRows, onOwnHead: () => void): OnRows {
  const { first, second, mayDiffer } = twins;
  const hashes = new Map<number, number>();
  let same = true;
  return (tensor, firstRow, rows) => {
    if (tensor.name === first) hashes.set(firstRow, hashOf(rows));
    if (tensor.name === second) {
      if (same && hashes.get(firstRow) === hashOf(rows)) return;
      if (!mayDiffer) throw otherHead(twins);
      if (same || firstRow === 0) onOwnHead(); // at row 0 once more: the file is read anew
      same = false;
    }
    onRows(tensor, firstRow, rows);
  };
}

/**
 * Four bytes a step, 0.07 s for GPT-2's embedding in f32, where FNV-1a takes 0.5 (Node). A step loses nothing, so that one word that differs
 * always gives another hash; its shift, as in MurmurHash3's end, keeps the words' signs from cancelling each other.
 */
function hashOf(bytes: Uint8Array): number {
  const padded = new Uint8Array(align(bytes.length, 4));
  padded.set(bytes);
  const words = new Uint32Array(padded.buffer);
  let hash = bytes.length;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}

function otherHead({ first, second, file }: Twins): GPTError {
  const message =
    `${file} has ${first} and another ${second}, though they are said to be tied. ` +
    "Set tie_word_embeddings to false, or leave lm_head.weight out of the file.";
  return new GPTError("invalid-config", message);
}
