import type { GPTConfig } from "../model/config";
import type { Arena } from "../wasm/arena";
import { type Collector, type Recorded, StatisticsCollector, TensorCollector, type WithPositions } from "./collectors";
import type { Activation, Watch } from "./hooks";
import { type HookRow, rowAxisOf, shapeOf } from "./names";
import { positionsOf, readValues, withoutRows } from "./values";

/** The positions to record: `rows` of them from `from` on. */
export interface Span {
  from: number;
  rows: number;
}

interface Recording {
  row: HookRow;
  collector: Collector;
  /** The positions of the rows so far. */
  positions: number[];
}

/** Records named activations over the passes that read a text, and puts their parts together. */
export class Recorder {
  private readonly recordings = new Map<string, Recording>();

  constructor(
    names: ReadonlyMap<string, HookRow>,
    config: GPTConfig,
    private readonly arena: Arena,
    private readonly span: Span,
    stats: boolean,
  ) {
    const Kind = stats ? StatisticsCollector : TensorCollector;
    for (const [name, row] of names) {
      const shape = shapeOf(row, config, span.rows, span.from + span.rows);
      this.recordings.set(name, { row, collector: new Kind(shape, row.masked), positions: [] });
    }
  }

  readonly watch: Watch = (position) => (name, activation) => {
    const recording = this.recordings.get(name);
    if (recording) this.record(recording, activation, position);
  };

  result(): Record<string, Recorded & WithPositions> {
    const results = [...this.recordings].map(
      ([name, { row, collector, positions }]): [string, Recorded & WithPositions] => {
        if (!row.shape.includes("chosen")) return [name, collector.result()];
        return [name, { ...collector.result(positions.length), positions }];
      },
    );
    return Object.fromEntries(results);
  }

  private record({ row, collector, positions }: Recording, activation: Activation, position: number): void {
    const rowAxis = rowAxisOf(row);
    const skip = positionsOf(activation, rowAxis, position).filter((at) => at < this.span.from).length;
    const seen = withoutRows(activation, rowAxis, skip);
    const firstRow = positions.length;
    positions.push(...positionsOf(seen, rowAxis, position));
    collector.add({ values: readValues(this.arena, seen), shape: seen.shape, rowAxis, firstRow });
  }
}
