import type { Panel } from "./panel";
import { activations } from "./panels/activations";
import { attention } from "./panels/attention";
import { block } from "./panels/block";
import { embeddings } from "./panels/embeddings";
import { generating } from "./panels/generating";
import { model } from "./panels/model";
import { normalisation } from "./panels/normalisation";
import { shortcuts } from "./panels/shortcuts";

/** The lab's panels, in the chapter's order. */
export const PANELS: readonly Panel[] = [
  embeddings,
  normalisation,
  activations,
  attention,
  shortcuts,
  block,
  model,
  generating,
];
