import type { FormatName, GPT, ModelSource, PageOptions, Progress } from "../src/index";
import type { NamedSource } from "./files";

/** What opens a model: `loadModel`, or what also knows other sources. */
export type Open<Source> = (source: Source, options: PageOptions & { format?: FormatName }) => Promise<GPT>;

/** The model that the page speaks with: a new one takes its place only when it is ready to speak. */
export interface ModelSlot<Source = ModelSource> {
  readonly gpt: GPT | undefined;
  readonly named: NamedSource<Source> | undefined;
  /**
   * Loads a model, its numbers in this format or the library's own choice; a load under way is given up. Rejects, and
   * keeps the old model, when it cannot.
   */
  open(
    named: NamedSource<Source>,
    format: FormatName | undefined,
    onProgress: (progress: Progress) => void,
  ): Promise<GPT>;
  /** Gives up the load under way. */
  cancel(): void;
  dispose(): void;
}

export function modelSlot<Source>(load: Open<Source>): ModelSlot<Source> {
  let gpt: GPT | undefined;
  let named: NamedSource<Source> | undefined;
  let loading = new AbortController();
  return {
    get gpt() {
      return gpt;
    },
    get named() {
      return named;
    },
    async open(next, format, onProgress) {
      loading.abort();
      loading = new AbortController();
      const { signal } = loading;
      const opened = await load(next.source, { ...(format && { format }), onProgress, signal });
      if (signal.aborted) {
        opened.dispose();
        throw signal.reason;
      }
      gpt?.dispose();
      gpt = opened;
      named = next;
      return opened;
    },
    cancel() {
      loading.abort();
    },
    dispose() {
      loading.abort();
      gpt?.dispose();
      gpt = undefined;
    },
  };
}
