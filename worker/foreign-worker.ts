/**
 * Starts a worker whose script is another origin's, as a CDN's, or `undefined` where it is the page's own. Browsers refuse such workers
 * (https://github.com/whatwg/html/issues/6911): a script of the page's own imports it. A page without an origin has no blobs for workers, but `data:`.
 *
 * @param here the address that `file` is relative to
 */
export function foreignWorker(file: string | URL, here: string | undefined, name: string): Worker | undefined {
  const { origin, protocol, href } = new URL(file, here);
  if (origin === globalThis.origin || !/^https?:$/.test(protocol)) return undefined;
  const script = `import ${JSON.stringify(href)};`;
  const type = "text/javascript";
  const own =
    globalThis.origin === "null"
      ? `data:${type},${encodeURIComponent(script)}`
      : URL.createObjectURL(new Blob([script], { type }));
  const worker = new Worker(own, { type: "module", name });
  worker.addEventListener("message", () => URL.revokeObjectURL(own), { once: true });
  return worker;
}
