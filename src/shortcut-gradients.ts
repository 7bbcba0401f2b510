import type { ShortcutGradients, ShortcutOptions } from "../worker/protocol";
import { type Abortable, checkObject, checkSignal } from "./abortable";
import type { PageOptions } from "./load-model";
import { startWorker } from "./worker-client";

/**
 * The network of section 4.4, with shortcuts and without: how large the gradient is in each layer. It needs no model;
 * a worker of its own computes it and ends. Rejects with a `TypeError` that names a wrong option, or
 * with the signal's reason.
 */
export async function shortcutGradients(
  options: ShortcutOptions & Abortable & Pick<PageOptions, "workerUrl"> = {},
): Promise<ShortcutGradients> {
  checkObject(options);
  const { workerUrl, signal, ...rest } = options;
  if (signal !== undefined) checkSignal(signal);
  const client = await startWorker(workerUrl, signal);
  const abort = () => client.end(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await client.call(client.runtime.shortcutGradients(rest), rest);
  } finally {
    signal?.removeEventListener("abort", abort);
    client.end(new Error("The gradients are computed."));
  }
}
