import { maskOf } from "../bans";

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
const KINDS: readonly { pattern: RegExp; space?: boolean }[] = [
  { pattern: new RegExp(`^[0-9A-Za-z]{1,${LONGEST_WORD}}$`), space: false },
  { pattern: new RegExp(`^ [0-9A-Za-z]{0,${LONGEST_WORD}}$`), space: true },
  { pattern: /^/ },
];

interface Node {
  byte: number;
  level: number;
  end: number;
  token: number;
}

/** Sorted by bytes, the tokens come in the tree's own order. Tokens without bytes are left out. About 100 ms for GPT-2's. */
export function createTokenTrie(tokenBytes: (id: number) => Uint8Array, vocabSize: number): TokenTrie {
  const bytes = Array.from({ length: vocabSize }, (_, id) => tokenBytes(id));
  const words = bytes.map((word) => String.fromCharCode(...word)); // strings compare fast, and by their units
  const order = words
    .map((word, id) => ({ word, id, kind: KINDS.findIndex(({ pattern }) => pattern.test(word)) }))
    .filter(({ word }) => word.length > 0);
  order.sort((a, b) => (a.word < b.word ? -1 : Number(a.word > b.word)));

  const twins: [number, number][] = [];
  const ofByte = new Int32Array(256).fill(-1);
  const nodes: Node[] = [{ byte: 0, level: 0, end: 0, token: -1 }];
  const path = nodes.slice(); // from the root to the current node
  const close = (level: number): void => {
    while (path.length > level) {
      const node = path.pop();
      if (node) node.end = nodes.length;
    }
  };
  const add = (members: typeof order): void => {
    let last = "";
    for (const { word, id } of members) {
      let same = 0;
      while (same < word.length && word[same] === last[same]) same++;
      if (same < word.length) close(same + 1);
      for (let level = same + 1; level <= word.length; level++) {
        const node = { byte: word.charCodeAt(level - 1), level, end: 0, token: -1 };
        nodes.push(node);
        path.push(node);
      }
      const node = path.at(-1);
      if (node && node.token >= 0) twins.push([node.token, id]);
      else if (node) node.token = id;
      if (word.length === 1) ofByte[word.charCodeAt(0)] = id;
      last = word;
    }
    close(1);
  };
  const kinds = KINDS.map(({ space }, kind): TokenKind => {
    const from = nodes.length;
    const members = order.filter((one) => one.kind === kind);
    add(members);
    if (space === undefined) return { from, to: nodes.length };
    const upTo = Array.from({ length: LONGEST_WORD + 1 }, (_, most) => {
      const short = members.filter(({ word }) => word.length - Number(space) <= most);
      return maskOf(
        short.map(({ id }) => id),
        vocabSize,
      );
    });
    return { from, to: nodes.length, words: { space, upTo } };
  });
  close(0);
  const none = new Uint8Array();
  return {
    kinds,
    vocabSize,
    depth: nodes.reduce((most, { level }) => Math.max(most, level), 0),
    step: Uint32Array.from(nodes, (node) => node.level * 256 + node.byte),
    end: Int32Array.from(nodes, (node) => node.end),
    token: Int32Array.from(nodes, (node) => node.token),
    twins,
    ofByte,
    bytesOf: (id) => bytes[id] ?? none,
  };
}
