/** How long a text took, by the clock of the page unless the peer's settings say otherwise. */
export interface Times {
  /** From the call to the first new token, ms. */
  first: number;
  /** From the first new token to the last, ms. */
  rest: number;
  /** New tokens. */
  count: number;
}

/** A loaded model: `count` greedy tokens after `ids`, none of which was read before. */
export interface Peer {
  generate(ids: readonly number[], count: number): Promise<Times>;
}

/** Each adapter's one export. The address is of a file or folder of models. */
export type Load = (model: string, threads: number, options: Record<string, string>) => Promise<Peer>;

/** Notes the times of tokens as they come. */
export function stopwatch(): { token(): void; times(): Times } {
  const start = performance.now();
  const at: number[] = [];
  return {
    token: () => void at.push(performance.now()),
    times: () => {
      const [first = start, last = first] = [at[0], at.at(-1)];
      return { first: first - start, rest: last - first, count: at.length };
    },
  };
}

/** The package at an address, as an external page imports it: no bundler, and no types where it is not installed. */
export async function imported<T>(address: string): Promise<T> {
  return import(/* @vite-ignore */ address);
}
