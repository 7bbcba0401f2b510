import { existsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** A plain file server on a free port, as a static host would be: folders by the beginning of the path. */
export async function serve(
  folders: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ url: string; server: Server } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname));
    const prefix = Object.keys(folders).find((each) => path.startsWith(each));
    const file = prefix === undefined ? "" : join(folders[prefix] ?? "", path.slice(prefix.length));
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404, headers).end("not found");
      return;
    }
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": statSync(file).size });
    send(file, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Bytes sent at a time. */
const SENT_BYTES = 1 << 20;

/** Sends a file from one buffer, filled again and again: a stream's garbage would take a core from who is being timed. */
async function send(path: string, response: ServerResponse): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(SENT_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, SENT_BYTES);
      if (bytesRead === 0) break;
      await promisify<Uint8Array, void>(response.write).call(response, buffer.subarray(0, bytesRead));
    }
    response.end();
  } finally {
    await file.close();
  }
}

/** The headers of a cross-origin isolated page. */
export const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
