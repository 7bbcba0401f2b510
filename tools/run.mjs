// Runs a TypeScript file of this project on the oldest supported Node: node tools/run.mjs bench/kernels.ts
import { runnerImport } from "vite";

await runnerImport(`./${process.argv[2]}`, { configFile: false });
