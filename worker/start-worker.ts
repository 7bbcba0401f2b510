/**
 * Starts the worker that `create` would, also where its script is another origin's, as a CDN's. Browsers refuse such a worker
 * (https://github.com/whatwg/html/issues/6911): a script of the page's own imports it. A page without an origin has no blobs for workers, but `data:`.
 */
export function startWorker(create: () => Worker): Worker {
  const given = intended(create);
  if (!given) return create();
  const [url, options] = given;
  const { origin, protocol, href } = new URL(url, location.href);
  if (origin === globalThis.origin || !/^https?:$/.test(protocol)) return new Worker(url, options);
  const address = JSON.stringify(href);
  const script = options?.type === "module" ? `import ${address};` : `importScripts(${address});`;
  const type = "text/javascript";
  const own =
    globalThis.origin === "null"
      ? `data:${type},${encodeURIComponent(script)}`
      : URL.createObjectURL(new Blob([script], { type }));
  const worker = new Worker(own, options);
  const read = () => URL.revokeObjectURL(own);
  for (const event of ["message", "error"]) worker.addEventListener(event, read, { once: true });
  return worker;
}

/**
 * What `create` gives to `Worker`, which only its call tells: bundlers write the address of a file of theirs into it.
 * Nothing where the page has frozen `Worker`.
 */
function intended(create: () => Worker): ConstructorParameters<typeof Worker> | undefined {
  const { Worker } = globalThis;
  let given: ConstructorParameters<typeof Worker> | undefined;
  const construct = (_: unknown, args: unknown[]) => {
    given = args as ConstructorParameters<typeof Worker>;
    return {};
  };
  if (!Reflect.set(globalThis, "Worker", new Proxy<typeof Worker>(Worker, { construct }))) return undefined;
  try {
    create();
  } finally {
    globalThis.Worker = Worker;
  }
  if (!given) throw new TypeError("no worker was made");
  return given;
}
