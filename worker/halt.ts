/** A signal that fires at the first message that comes by the port; none without a port. */
export function haltOf(port: MessagePort | undefined): AbortSignal | undefined {
  if (!port) return undefined;
  const halt = new AbortController();
  port.onmessage = () => halt.abort();
  return halt.signal;
}
