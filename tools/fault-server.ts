import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const GOLDEN = resolve(import.meta.dirname, "../test/golden");
const PAGE = "<!doctype html><html><head><title>app</title></head><body>The app's start page.</body></html>";
const SLOW_PIECES = 20;

/** Each fault answers a request for a file of `test/golden` in its own way. */
const FAULTS: Record<string, (response: ServerResponse, bytes: Buffer, wanted: URLSearchParams) => void> = {
  /** A web page with status 200. */
  html: (response) => response.setHeader("Content-Type", "text/html").end(PAGE),
  /** The text `json=`. */
  json: (response, _, wanted) => response.end(wanted.get("json")),
  /** `status=` with a short text. */
  status: (response, _, wanted) => response.writeHead(Number(wanted.get("status"))).end("no"),
  /** The connection breaks at half of the announced length. */
  cut(response, bytes) {
    response.setHeader("Content-Length", bytes.length);
    response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 50));
  },
  /** A proper answer with half of the file, without a length. */
  short: (response, bytes) => response.write(bytes.subarray(0, bytes.length / 2), () => response.end()),
  /** `extra=` bytes after the file's own, without a length. */
  extra(response, bytes, wanted) {
    response.write(bytes);
    response.end(Buffer.alloc(Number(wanted.get("extra") ?? 1)));
  },
  /** Compressed, with the compressed length. */
  gzip(response, bytes) {
    const packed = gzipSync(bytes);
    response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": packed.length }).end(packed);
  },
  /** Compressed, without a length. */
  "gzip-chunked"(response, bytes) {
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.write(gzipSync(bytes));
    response.end();
  },
  /** Chunked. */
  "no-length"(response, bytes) {
    response.write(bytes);
    response.end();
  },
  /** In pieces, `delay=` milliseconds apart. */
  slow(response, bytes, wanted) {
    response.setHeader("Content-Length", bytes.length);
    const step = Math.ceil(bytes.length / SLOW_PIECES);
    const send = (at: number) => {
      if (at >= bytes.length || response.destroyed) return response.end();
      response.write(bytes.subarray(at, at + step));
      setTimeout(() => send(at + step), Number(wanted.get("delay") ?? 20));
    };
    send(0);
  },
};

/** Requests so far, by the settings in the address and the file. */
const seen = new Map<string, number>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [settings = "", ...path] = url.pathname.split("/").filter(Boolean);
  const wanted = new URLSearchParams(settings);
  const count = (seen.get(url.pathname) ?? 0) + 1;
  seen.set(url.pathname, count);
  response.setHeader("Cache-Control", wanted.get("keep") === null ? "no-store" : "max-age=600");
  response.setHeader("X-Requests", count);
  const bytes = await readFile(resolve(GOLDEN, ...path)).catch(() => undefined);
  const meant = wanted.has("file") ? wanted.get("file") === path.at(-1) : bytes !== undefined;
  response.setHeader("ETag", wanted.has("changing") ? `"${count}"` : '"1"');
  const begin = wanted.get("ranges") === "no" ? 0 : firstByte(request, response, bytes);
  const concerned = meant && count <= Number(wanted.get("times") ?? Infinity);
  const fault = concerned ? FAULTS[wanted.get("fault") ?? ""] : undefined;
  const wantedBytes = bytes?.subarray(begin) ?? Buffer.alloc(0);
  if (fault) fault(response, wantedBytes, wanted);
  else if (bytes) response.setHeader("Content-Length", wantedBytes.length).end(wantedBytes);
  else response.writeHead(404).end("no such file");
}

/** Where the answer begins: `Range: bytes=N-` is answered with 206. */
function firstByte(request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined): number {
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
  if (!bytes || Number.isNaN(begin)) return 0;
  response.statusCode = 206;
  response.setHeader("Content-Range", `bytes ${begin}-${bytes.length - 1}/${bytes.length}`);
  return begin;
}

/**
 * Serves `test/golden` under `/faults/SETTINGS/…`, where SETTINGS reads like a query: `fault=` one of the above, `file=`
 * the only file it concerns, there or not, `times=` for so many requests only, `keep=` lets the browser keep the answer, `ranges=no`
 * has none, `changing=` gives each answer an ETag of its own; any other key makes the address a new one.
 */
export function faultServer(): Plugin {
  return {
    name: "fault-server",
    configureServer(server) {
      server.middlewares.use("/faults/", (request, response, next) => void answer(request, response).catch(next));
    },
  };
}
