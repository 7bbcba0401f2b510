import type { Halt } from "../breathe";
import type { Machine } from "../machine/assemble";
import type { Sequence } from "../sequences/sequence";

/** What an inspection works with. */
export interface Bench {
  machine: Machine;
  /** What plain calls have read; an inspection may read another text. */
  sequence: Sequence;
  /** Ends the work, which heeds it at each of its pauses. */
  halt: Halt | undefined;
  /** The text of one token by itself. */
  textOf(id: number): string;
}
