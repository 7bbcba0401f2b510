import type { ServerResponse } from "node:http";
import type { Plugin } from "vite";

/** The 124M shape as the hub has it, but f16 and without mask buffers. */
const V = 50257;
const E = 768;
const C = 1024;
const LAYERS = 12;

const CONFIG = {
  model_type: "gpt2",
  vocab_size: V,
  n_positions: C,
  n_embd: E,
  n_head: 12,
  n_layer: LAYERS,
  activation_function: "gelu_new",
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
};

function shapes(): [name: string, shape: number[]][] {
  const linear = (name: string, inputs: number, outputs: number): [string, number[]][] => [
    [`${name}.weight`, [inputs, outputs]],
    [`${name}.bias`, [outputs]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [E]],
    [`${name}.bias`, [E]],
  ];
  const blocks = Array.from({ length: LAYERS }, (_, n) => [
    ...norm(`h.${n}.ln_1`),
    ...linear(`h.${n}.attn.c_attn`, E, 3 * E),
    ...linear(`h.${n}.attn.c_proj`, E, E),
    ...norm(`h.${n}.ln_2`),
    ...linear(`h.${n}.mlp.c_fc`, E, 4 * E),
    ...linear(`h.${n}.mlp.c_proj`, 4 * E, E),
  ]);
  return [["wte.weight", [V, E]], ["wpe.weight", [C, E]], ...blocks.flat(), ...norm("ln_f")];
}

/** A megabyte and a bit of f16 near normal(0, 0.02), from a small generator; the file repeats it. */
function noise(): Buffer {
  const values = new Uint16Array(600_011);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    let sum = -2;
    for (let j = 0; j < 4; j++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32;
    }
    values[i] = halfBits(0.0346 * sum);
  }
  return Buffer.from(values.buffer);
}

function halfBits(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer)[0] ?? 0;
  const exponent = ((bits >>> 23) & 255) - 112;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 1023);
}

async function write(response: ServerResponse): Promise<void> {
  let at = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of shapes()) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: "F16", shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  response.writeHead(200, { "Content-Length": 8 + text.length + at, "Content-Type": "application/octet-stream" });
  response.write(length);
  response.write(text);
  const block = noise();
  for (let sent = 0; sent < at && !response.destroyed; sent += block.length) {
    const whole = response.write(block.subarray(0, at - sent));
    if (!whole) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}

/** Serves `/synthetic/config.json` and `/synthetic/model.safetensors`, 249 MB that are never on disk. */
export function syntheticCheckpoint(): Plugin {
  return {
    name: "synthetic-checkpoint",
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url === "/synthetic/config.json") response.end(JSON.stringify(CONFIG));
        else if (request.url === "/synthetic/model.safetensors") void write(response);
        else if (request.url?.startsWith("/synthetic/")) response.writeHead(404).end();
        else next();
      });
    },
  };
}
