import type { Panel } from "./panel";
import { embeddings } from "./panels/embeddings";

/** The lab's panels, in the chapter's order. */
export const PANELS: readonly Panel[] = [embeddings];
