import type { GPTConfig, ModelInfo } from "../../src/index";
import { element } from "../dom";
import { bytes, count } from "../numbers";

const KERNELS: Record<ModelInfo["kernels"], string> = { simd: "SIMD", relaxed: "relaxed SIMD" };

/** What runs, in the order a reader asks. */
export function facts(name: string, info: ModelInfo, config: GPTConfig): HTMLElement {
  return definitions([
    ["model", name],
    ["parameters", count(info.parameters)],
    ["numbers", info.format],
    ["kernels", KERNELS[info.kernels]],
    ["threads", String(info.threads)],
    ["looks back", `${count(config.contextLength)} tokens`],
    ["memory", bytes(info.memoryBytes)],
  ]);
}

/** Why these kernels and so many threads, as a sentence each. */
export function reasons({ kernels, kernelsReason, threads, threadsReason }: ModelInfo): HTMLElement {
  const one = threads === 1 ? "One thread" : `${threads} threads`;
  return element("p", { class: "soft" }, `${sentence(KERNELS[kernels])}: ${kernelsReason}. ${one}: ${threadsReason}.`);
}

/** The configuration, by the book's keys. */
export function configuration(config: GPTConfig): HTMLElement {
  return definitions(Object.entries(config).map(([key, value]) => [key, shown(value)]));
}

function definitions(rows: readonly (readonly [term: string, value: string])[]): HTMLElement {
  return element(
    "dl",
    {},
    ...rows.map(([term, value]) => element("div", {}, element("dt", {}, term), element("dd", {}, value))),
  );
}

function shown(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : String(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
