import type { Halt } from "./breathe";
import { GPTError } from "./errors";

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/**
 * A part of the worker that few calls need and the first of them fetches. It must not hold up the calls behind: rejects with the halt's
 * reason when there is one, and with `GPTError` `network` where it can't be fetched or does not come within a minute.
 */
export async function chunk<T>(fetching: Promise<T>, halt?: Halt): Promise<T> {
  const fetched = fetching.catch((cause) => lost(String(cause), cause));
  for (let waited = 0; waited < TIMEOUT_MS; waited += POLL_MS) {
    const pause = new Promise<undefined>((resolve) => setTimeout(resolve, POLL_MS));
    const found = await Promise.race([fetched, pause]);
    if (found !== undefined) return found;
    if (halt?.aborted) throw halt.reason;
  }
  return lost("no answer within a minute");
}

function lost(why: string, cause?: unknown): never {
  const message = `A part of the worker could not be fetched (${why}). Check that all files of the package are served, and try again.`;
  throw new GPTError("network", message, { cause });
}
