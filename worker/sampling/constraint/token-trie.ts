import { maskOf } from "../bans";
import { GrowingTrie } from "./growing-trie";

/** Tokens of one kind, which lie together in the tree. */
export interface TokenKind {
  /** Its nodes, from the first to before the last. */
  from: number;
  to: number;
  /** Of words: whether a space stands before each, and masks of those with at most 0, 1 … LONGEST_WORD bytes after it. */
  words?: { space: boolean; upTo: readonly Uint32Array[] };
}

/**
 * The tokens of a vocabulary by their bytes, as a tree written down depth first: node i's children begin at i + 1, and
 * `end[i]` is the first node after its subtree. Node 0 is the root, under which the kinds stand side by side.
 */
export interface TokenTrie {
  kinds: readonly TokenKind[];
  vocabSize: number;
  /** The longest token, in bytes. */
  depth: number;
  /** How many bytes lead to the node · 256 + the last of them. */
  step: Uint32Array;
  end: Int32Array;
  /** The token that ends at the node, -1 where none does. */
  token: Int32Array;
  /** Tokens of the same bytes: one that is at a node, and one that isn't. */
  twins: readonly (readonly [id: number, twin: number])[];
  /** The token that is this byte alone, 256 of them; -1 where there is none. */
  ofByte: Int32Array;
  bytesOf(id: number): Uint8Array;
}

/** ASCII letters and digits: what words are made of, and what most constraints treat alike. */
export const PLAIN: readonly number[] = Array.from(
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  (c) => c.charCodeAt(0),
);
/** In bytes; what is longer is no word, so that a constraint need not look further. */
export const LONGEST_WORD = 16;

/** Most tokens are words, behind a space or not. */
const KINDS = ["word", "spaced word", "other"] as const;
export const SPACE = 0x20;
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => Number(PLAIN.includes(byte)));

function kindOf(bytes: Uint8Array): (typeof KINDS)[number] {
  const start = Number(bytes[0] === SPACE);
  if (bytes.length - start > LONGEST_WORD) return "other";
  for (let i = start; i < bytes.length; i++) if (!isPlain[bytes[i] as number]) return "other";
  return start > 0 ? "spaced word" : "word";
}

/** Tokens without bytes are left out. Some 80 ms for GPT-2's. */
export function createTokenTrie(tokenBytes: (id: number) => Uint8Array, vocabSize: number): TokenTrie {
  const bytes = Array.from({ length: vocabSize }, (_, id) => tokenBytes(id));
  const trie = new GrowingTrie(
    KINDS.length,
    bytes.reduce((sum, { length }) => sum + length, 0),
  );
  const members = KINDS.map((): number[] => []);
  const ofByte = new Int32Array(256).fill(-1);
  for (const [id, word] of bytes.entries()) {
    if (word.length === 0) continue;
    const kind = KINDS.indexOf(kindOf(word));
    trie.add(kind, word, id);
    members[kind]?.push(id);
    if (word.length === 1) ofByte[word[0] as number] = id;
  }

  const written = { step: [0], end: [0], token: [-1] };
  const kinds = KINDS.map((kind, root): TokenKind => {
    const from = written.step.length;
    trie.write(root, written);
    const to = written.step.length;
    if (kind === "other") return { from, to };
    const space = kind === "spaced word";
    const upTo = Array.from({ length: LONGEST_WORD + 1 }, (_, most) =>
      maskOf(members[root]?.filter((id) => (bytes[id]?.length ?? 0) - Number(space) <= most) ?? [], vocabSize),
    );
    return { from, to, words: { space, upTo } };
  });
  written.end[0] = written.step.length;
  const none = new Uint8Array();
  return {
    kinds,
    vocabSize,
    depth: bytes.reduce((most, { length }) => Math.max(most, length), 0),
    step: Uint32Array.from(written.step),
    end: Int32Array.from(written.end),
    token: Int32Array.from(written.token),
    twins: trie.twins,
    ofByte,
    bytesOf: (id) => bytes[id] ?? none,
  };
}
