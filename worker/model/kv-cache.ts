import { joined } from "../bytes";
import { PANEL } from "../formats";
import type { CacheFormatName } from "../protocol";
import { type Arena, align } from "../wasm/arena";
import type { GPTConfig } from "./config";

/** The keys and values of one layer. */
export interface KVLayer {
  readonly format: CacheFormatName;
  readonly keys: number;
  readonly values: number;
  readonly capacity: number;
}

const BYTES: Record<CacheFormatName, number> = { f32: 4, f16: 2 };

/**
 * The keys and values of every position that the model has seen, so that a new token attends to them without
 * computing them again. Both lie as the weights of a product do, in panels of 8, per layer and head:
 *
 *     keys    [capacity / 8][headDim][8 positions]      scores = q × keys
 *     values  [headDim / 8][capacity][8 dimensions]     z = pattern × values
 */
export class KVCache {
  /** Positions filled. */
  length = 0;
  private readonly layers: readonly KVLayer[];
  /** The address of its bytes, which lie one after another. */
  readonly begin: number;
  readonly bytes: number;

  constructor(
    private readonly config: GPTConfig,
    private readonly format: CacheFormatName,
    private readonly arena: Arena,
    /** Positions it can hold, in whole panels. */
    readonly capacity: number,
  ) {
    const { nHeads, embDim, nLayers } = config;
    const headDim = embDim / nHeads;
    const keyBytes = nHeads * capacity * headDim * BYTES[format];
    const valueBytes = nHeads * capacity * align(headDim, PANEL) * BYTES[format];
    this.bytes = nLayers * (align(keyBytes) + align(valueBytes));
    arena.reserve(this.bytes);
    this.layers = Array.from({ length: nLayers }, () => ({
      format,
      capacity,
      keys: arena.take(keyBytes),
      values: arena.take(valueBytes),
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
    const { keys, values } = piecesOf(this.config, this.format, positions);
    const whole = piecesOf(this.config, this.format, this.capacity);
    for (const layer of this.layers) {
      for (let i = 0; i < keys.count; i++) yield this.arena.u8(layer.keys + i * whole.keys.bytes, keys.bytes);
      for (let i = 0; i < values.count; i++) yield this.arena.u8(layer.values + i * whole.values.bytes, values.bytes);
    }
  }
}

/** How many pieces of a layer's memory hold the first positions of its keys and of its values, and the bytes of each. */
function piecesOf({ nHeads, embDim }: GPTConfig, format: CacheFormatName, positions: number) {
  const headDim = embDim / nHeads;
  const unit = PANEL * BYTES[format];
  return {
    keys: { count: nHeads, bytes: Math.ceil(positions / PANEL) * headDim * unit },
    values: { count: nHeads * Math.ceil(headDim / PANEL), bytes: positions * unit },
  };
}

/** Bytes that `save` gives for so many positions. */
export function savedBytes(config: GPTConfig, format: CacheFormatName, positions: number): number {
  const { keys, values } = piecesOf(config, format, positions);
  return config.nLayers * (keys.count * keys.bytes + values.count * values.bytes);
}
