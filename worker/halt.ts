/** A signal that fires at the `Abort` that comes by the port; none without a port. */
export function haltOf(port: MessagePort): AbortSignal;
export function haltOf(port: MessagePort | undefined): AbortSignal | undefined;
export function haltOf(port: MessagePort | undefined): AbortSignal | undefined {
  if (!port) return undefined;
  const halt = new AbortController();
  port.onmessage = () => halt.abort();
  return halt.signal;
}
