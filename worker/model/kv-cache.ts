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
const PANEL = 8;

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
  readonly bytes: number;

  constructor(
    readonly config: GPTConfig,
    readonly format: CacheFormatName,
    private readonly arena: Arena,
    /** Positions it can hold. */
    readonly capacity = align(config.contextLength, PANEL),
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
    const { nHeads, embDim } = this.config;
    const headDim = embDim / nHeads;
    const unit = PANEL * BYTES[this.format];
    const keyBytes = Math.ceil(other.length / PANEL) * headDim * unit;
    const valueBytes = other.length * unit;
    const valuePanels = nHeads * Math.ceil(headDim / PANEL);
    this.layers.forEach((to, n) => {
      const from = other.layer(n);
      this.copyStrided(to.keys, from.keys, nHeads, (c) => (c / PANEL) * headDim * unit, keyBytes, other.capacity);
      this.copyStrided(to.values, from.values, valuePanels, (c) => c * unit, valueBytes, other.capacity);
    });
    this.length = other.length;
  }

  private copyStrided(
    to: number,
    from: number,
    times: number,
    step: (capacity: number) => number,
    bytes: number,
    fromCapacity: number,
  ): void {
    for (let i = 0; i < times; i++) {
      const source = this.arena.u8(from + i * step(fromCapacity), bytes);
      this.arena.u8(to + i * step(this.capacity), bytes).set(source);
    }
  }
}
