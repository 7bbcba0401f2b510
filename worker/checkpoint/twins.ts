import { GPTError } from "../errors";
import { fnv1a } from "../hash";
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
    if (tensor.name === first) hashes.set(firstRow, fnv1a(rows));
    if (tensor.name === second) {
      if (same && hashes.get(firstRow) === fnv1a(rows)) return;
      if (!mayDiffer) throw otherHead(twins);
      if (same || firstRow === 0) onOwnHead(); // at row 0 once more: the file is read anew
      same = false;
    }
    onRows(tensor, firstRow, rows);
  };
}

function otherHead({ first, second, file }: Twins): GPTError {
  const message =
    `${file} has ${first} and another ${second}, though they are said to be tied. ` +
    "Set tie_word_embeddings to false, or leave lm_head.weight out of the file.";
  return new GPTError("invalid-config", message);
}
