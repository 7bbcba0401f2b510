import { type Row, rows } from "./rows";
import { median } from "./statistics";
import type { Order } from "./thread";

export interface Result extends Omit<Row, "calls"> {
  threads: number;
  /** In the quietest moments. */
  ms: number;
  rate: number;
  /** The rate of a whole pass as it came, interrupted or not: the median of the rounds. */
  sustained: number;
  /** Of the limit, in quiet moments and as it lasts. */
  ratios?: { quiet: number; sustained: number };
}

const MB = 2 ** 20;

/** A thread with a room of 32 kB, below all that rows.ts uses. */
function thread(memory: WebAssembly.Memory, index: number): Promise<(order: Order) => Promise<Float64Array>> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const ask = (order: Order) =>
    new Promise<Float64Array>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(order);
    });
  return ask({ memory, room: MB / 4 + index * 32768 }).then(() => ask);
}

/**
 * Each row's time on `threads` threads: the sum over its calls of the quietest of `rounds`, for the slowest thread. Calls are shorter than
 * the machine's interruptions, so that sum is close to the time of a row left in peace. Of two threads that share what memory gives, each has its
 * quietest moments while the other waits: their sum is more than both have at once, which is what `sustained` says.
 */
export async function measure(threads: number, rounds: number, only: string): Promise<Result[]> {
  const memory = new WebAssembly.Memory({ initial: 640 * 16, maximum: 640 * 16, shared: true });
  fill(memory.buffer);
  const team = await Promise.all(Array.from({ length: threads }, (_, index) => thread(memory, index)));

  const chosen = rows.filter(({ name }) => new RegExp(only).test(name));
  const limits = new Set(chosen.map(({ limit }) => limit));
  const kept = rows.filter((row) => chosen.includes(row) || limits.has(row.name));
  const quietest = new Map<string, Float64Array[]>();
  const passes = new Map<string, number[]>();
  let start = 0;
  for (let round = 0; round < rounds; round++) {
    for (const row of kept) {
      new Int32Array(memory.buffer, 0, 1)[0] = start;
      const orders = team.map((ask, t) =>
        ask({ binary: row.binary, calls: row.calls(t, threads), batch: row.batch ?? 1, threads, start }),
      );
      const times = await Promise.all(orders);
      const before = quietest.get(row.name) ?? times;
      quietest.set(
        row.name,
        times.map((list, t) => list.map((ms, i) => Math.min(ms, before[t]?.[i] ?? ms))),
      );
      passes.set(row.name, [...(passes.get(row.name) ?? []), slowest(times)]);
      start += threads;
    }
  }

  const msOf = ({ name }: Pick<Row, "name">) => slowest(quietest.get(name) ?? []);
  const passOf = ({ name }: Pick<Row, "name">) => median(passes.get(name) ?? []);
  const rateOf = (row: Omit<Row, "calls">, ms: number) =>
    row.unit === "ns" ? (ms * 1e6) / row.work : row.work / ms / 1e6;
  const ratesOf = (row: Omit<Row, "calls">) => ({ rate: rateOf(row, msOf(row)), sustained: rateOf(row, passOf(row)) });
  return kept.map(({ calls, ...row }): Result => {
    const { rate, sustained } = ratesOf(row);
    const limit = rows.find(({ name }) => name === row.limit);
    const most = limit && ratesOf(limit);
    const ratios = most && { ratios: { quiet: rate / most.rate, sustained: sustained / most.sustained } };
    return { ...row, threads, ms: msOf(row), rate, sustained, ...ratios };
  });
}

/** The time of all calls of the slowest thread. */
const slowest = (times: readonly Float64Array[]): number =>
  Math.max(...times.map((list) => list.reduce((sum, ms) => sum + ms, 0)));

/**
 * Numbers that are ordinary in every format: floats in ±[0.25, 0.5), both halves of which are normal f16. (Random bits would hold NaNs and
 * subnormals, which cost time.)
 */
function fill(buffer: ArrayBufferLike): void {
  const words = new Uint32Array(buffer);
  const pattern = Uint32Array.from({ length: MB }, () => {
    const random = Math.floor(Math.random() * 2 ** 32);
    return (random & 0x807f83ff) | 0x3e803c00;
  });
  for (let at = MB / 4; at < words.length; at += MB) words.set(pattern.subarray(0, words.length - at), at);
}
