import { GPTError, messageOf } from "../errors";
import { startWorker } from "../start-worker";
import type { ThreadStart } from "./control";

const START_TIMEOUT_MS = 5000;

/** A thread beside the worker's own. */
export interface Helper {
  /** Resolves, with the reason, when it has ended or can't be relied on. */
  readonly ended: Promise<string>;
  terminate(): void;
}

/** Starts a helper on a module and its shared memory, with a room in it of its own. Rejects with `GPTError` `thread-failed`; it is then gone. */
export async function startHelper(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  room: number,
): Promise<Helper> {
  const life = `gpt-worker thread ${crypto.randomUUID()}`;
  const worker = await started({ module, memory, room, life });
  const ended = new Promise<string>((resolve) => {
    worker.addEventListener("error", (event) => resolve(heard(event)));
    const noLocks = () => undefined; // where a page may have none
    navigator.locks.request(life, () => resolve("it was ended")).catch(noLocks);
  });
  return { ended, terminate: () => worker.terminate() };
}

async function started(start: ThreadStart): Promise<Worker> {
  let worker: Worker | undefined;
  try {
    worker = startWorker(
      () => new Worker(new URL("./thread.ts", import.meta.url), { type: "module", name: "gpt-worker-thread" }),
    );
    await ready(worker, start);
    return worker;
  } catch (cause) {
    worker?.terminate();
    const message = `A helper thread did not start (${messageOf(cause)}). Load with threads: 1.`;
    throw new GPTError("thread-failed", message, { cause });
  }
}

function ready(worker: Worker, start: ThreadStart): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (why: string) => {
      clearTimeout(timer);
      reject(new Error(why));
    };
    const timer = setTimeout(() => failed(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    worker.addEventListener("message", () => resolve(clearTimeout(timer)), { once: true });
    worker.addEventListener("error", (event) => failed(heard(event)));
    worker.postMessage(start);
  });
}

/** What went wrong in a helper; its error ends there, else it would go on to the page as one of the worker's. */
function heard(event: ErrorEvent): string {
  event.preventDefault();
  return event.message || "thread.js could not be loaded; does it have the page's Cross-Origin-Embedder-Policy?";
}
