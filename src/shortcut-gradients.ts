import type { ShortcutGradients, ShortcutOptions } from "../worker/protocol";
import type { PageOptions } from "./load-model";
import { startWorker } from "./worker-client";

/**
 * The network of section 4.4, with shortcuts and without: how large the gradient is in each layer. It needs no model;
 * a worker of its own computes it and ends. Rejects with a `TypeError` that names a wrong option.
 */
export async function shortcutGradients(
  options: ShortcutOptions & Pick<PageOptions, "workerUrl"> = {},
): Promise<ShortcutGradients> {
  const { workerUrl, ...rest } = options;
  const client = await startWorker(workerUrl);
  try {
    return await client.call(client.runtime.shortcutGradients(rest));
  } finally {
    client.end(new Error("The gradients are computed."));
  }
}
