import type { Panel } from "./panel";
import { activations } from "./panels/activations";
import { embeddings } from "./panels/embeddings";
import { normalisation } from "./panels/normalisation";

/** The lab's panels, in the chapter's order. */
export const PANELS: readonly Panel[] = [embeddings, normalisation, activations];
