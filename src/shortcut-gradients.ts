import type { ShortcutGradients, ShortcutOptions } from "../worker/protocol";
import type { Abortable } from "./abortable";
import { checkObject } from "./checks";
import type { PageOptions } from "./load-model";
import { checkPlace, withWorker } from "./worker-client";

/**
 * The network of section 4.4, with shortcuts and without: how large the gradient is in each layer. It needs no model;
 * a worker of its own computes it and ends. Rejects with a `TypeError` that names a wrong option, or
 * with the signal's reason.
 */
export async function shortcutGradients(
  options: ShortcutOptions & Abortable & Pick<PageOptions, "workerUrl"> = {},
): Promise<ShortcutGradients> {
  checkPlace();
  checkObject(options);
  const { workerUrl, signal, ...rest } = options;
  return withWorker(workerUrl, signal, async (client) => {
    const gradients = await client.call(client.runtime.shortcutGradients(rest), rest);
    client.end(new Error("The gradients are computed."));
    return gradients;
  });
}
