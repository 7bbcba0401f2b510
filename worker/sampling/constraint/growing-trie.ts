/** The nodes below a root, written down depth first. */
export interface Written {
  /** How many bytes lead to the node · 256 + the last of them. */
  step: number[];
  /** The first node after the node's subtree. */
  end: number[];
  /** The token that ends at the node, -1 where none does. */
  token: number[];
}

/** Trees of tokens by their bytes that grow one token at a time. A node's children are a list, in the order of their bytes. */
export class GrowingTrie {
  /** Tokens of the same bytes: one that is at a node, and one that isn't. */
  readonly twins: (readonly [id: number, twin: number])[] = [];
  private readonly firstChild: Int32Array; // 0 where there is none: that is a root
  private readonly nextSibling: Int32Array;
  private readonly token: Int32Array;
  private readonly byte: Uint8Array;
  private size: number;

  /** Room for so many roots, nodes 0, 1 …, and for tokens of so many bytes in all. */
  constructor(roots: number, bytes: number) {
    const most = roots + bytes;
    this.firstChild = new Int32Array(most);
    this.nextSibling = new Int32Array(most);
    this.token = new Int32Array(most).fill(-1);
    this.byte = new Uint8Array(most);
    this.size = roots;
  }

  add(root: number, bytes: Uint8Array, id: number): void {
    let node = root;
    for (const byte of bytes) node = this.childOf(node, byte);
    const known = this.token[node] ?? -1;
    if (known < 0) this.token[node] = id;
    else this.twins.push([known, id]);
  }

  private childOf(parent: number, byte: number): number {
    const { firstChild, nextSibling } = this;
    let before = 0;
    let node = firstChild[parent] ?? 0;
    while (node > 0 && (this.byte[node] ?? 0) < byte) {
      before = node;
      node = nextSibling[node] ?? 0;
    }
    if (node > 0 && this.byte[node] === byte) return node;
    const fresh = this.size++;
    this.byte[fresh] = byte;
    nextSibling[fresh] = node;
    if (before > 0) nextSibling[before] = fresh;
    else firstChild[parent] = fresh;
    return fresh;
  }

  /** Puts what is below a root behind what is written. */
  write(root: number, to: Written): void {
    const open: { node: number; place: number }[] = []; // from below the root down to where we are
    let node = this.firstChild[root] ?? 0;
    while (node > 0 || open.length > 0) {
      if (node > 0) {
        const place = to.step.push((open.length + 1) * 256 + (this.byte[node] ?? 0)) - 1;
        to.token.push(this.token[node] ?? -1);
        to.end.push(0);
        open.push({ node, place });
        node = this.firstChild[node] ?? 0;
        continue;
      }
      const { node: done, place } = open.pop() as (typeof open)[number];
      to.end[place] = to.step.length;
      node = this.nextSibling[done] ?? 0;
    }
  }
}
