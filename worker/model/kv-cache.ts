import { joined } from "../bytes";
import { PANEL } from "../formats";
import type { CacheFormatName } from "../protocol";
import { align } from "../shape";
import { type Arena, aligned } from "../wasm/arena";
import type { GPTConfig } from "./config";

/** The keys and values of one layer. */
export interface KVLayer {
  readonly format: CacheFormatName;
  readonly keys: number;
  readonly values: number;
  readonly capacity: number;
}

const BYTES: Record<CacheFormatName, number> = { f32: 4, f16: 2 };

/** Positions of a block of values; capacities are whole blocks. */
export const BLOCK = 64;

/**
 * The keys and values of every position that the model has seen, so that a new token attends to them without
 * computing them again. Both lie as the weights of a product do, in panels of 8, per layer and head, the values in blocks of positions:
 *
 *     keys    [capacity / 8][headDim][8 positions]             scores = q × keys
 *     values  [capacity / 64][headDim / 8][64][8 dimensions]   z = Σ pattern × values
 */
export class KVCache {
  /** Positions filled. */
  length = 0;
  /** Positions it can hold. */
  readonly capacity: number;
  private readonly layers: readonly KVLayer[];
  /** The address of its bytes, which lie one after another. */
  readonly begin: number;
  readonly bytes: number;

  constructor(
    private readonly config: GPTConfig,
    private readonly format: CacheFormatName,
    private readonly arena: Arena,
    /** How many it is to hold at least. */
    positions: number,
  ) {
    const capacity = align(positions, BLOCK);
    this.capacity = capacity;
    const { nHeads, keyBytes, valueBytes } = sizesOf(config, format);
    const [keys, values] = [nHeads * capacity * keyBytes, nHeads * capacity * valueBytes];
    this.bytes = config.nLayers * (aligned(keys) + aligned(values));
    arena.reserve(this.bytes);
    this.layers = Array.from({ length: config.nLayers }, () => ({
      format,
      capacity,
      keys: arena.take(keys),
      values: arena.take(values),
    }));
    this.begin = this.layers[0]?.keys ?? 0;
  }

  advance(positions: number): void {
    this.length += positions;
  }

  /** Forgets the positions from `length` on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  layer(n: number): KVLayer {
    const layer = this.layers[n];
    if (!layer) throw new RangeError(`no layer ${n}`);
    return layer;
  }

  /** Becomes a copy of another cache of the same model: of what it has seen, not of its capacity. */
  copyFrom(other: KVCache): void {
    const from = other.pieces(other.length);
    for (const to of this.pieces(other.length)) to.set(from.next().value as Uint8Array);
    this.length = other.length;
  }

  /** What it has seen, as bytes that do not depend on its capacity. */
  save(): Uint8Array<ArrayBuffer> {
    return joined([...this.pieces(this.length)]);
  }

  /** Becomes what `save` gave for this many positions: `savedBytes` of them. */
  restore(bytes: Uint8Array, positions: number): void {
    let at = 0;
    for (const piece of this.pieces(positions)) {
      piece.set(bytes.subarray(at, at + piece.length));
      at += piece.length;
    }
    this.length = positions;
  }

  /** The memory of the first positions, piece by piece in one order; keys in whole panels. */
  private *pieces(positions: number): Generator<Uint8Array, void> {
    const { nHeads, keyBytes, valueBytes, panels, row } = sizesOf(this.config, this.format);
    const whole = positions - (positions % BLOCK);
    for (const { keys, values } of this.layers) {
      for (let h = 0; h < nHeads; h++) {
        yield this.arena.u8(keys + h * this.capacity * keyBytes, align(positions, PANEL) * keyBytes);
        const own = values + h * this.capacity * valueBytes;
        yield this.arena.u8(own, whole * valueBytes);
        for (let i = 0; i < panels; i++)
          yield this.arena.u8(own + whole * valueBytes + i * BLOCK * row, (positions - whole) * row);
      }
    }
  }
}

/** Bytes of a position's key and of its value in one head, which is whole panels, and of its row in one of these. */
function sizesOf({ nHeads, embDim }: GPTConfig, format: CacheFormatName) {
  const headDim = embDim / nHeads;
  const row = PANEL * BYTES[format];
  const panels = Math.ceil(headDim / PANEL);
  return { nHeads, keyBytes: headDim * BYTES[format], valueBytes: panels * row, panels, row };
}

/** Bytes that `save` gives for so many positions. */
export function savedBytes(config: GPTConfig, format: CacheFormatName, positions: number): number {
  const { nHeads, keyBytes, valueBytes } = sizesOf(config, format);
  return config.nLayers * nHeads * (align(positions, PANEL) * keyBytes + positions * valueBytes);
}
