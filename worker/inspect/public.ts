/** What a page sees of looking inside: types only. */
export type { AttributedPart, Attribution, AttributionOptions } from "./attribution";
export type { Recorded, TensorCopy, WithPositions } from "./collectors";
export type { Distribution } from "./distribution";
export type { Dropout } from "./dropout";
export type { Effect } from "./effect";
export type { Histogram } from "./histogram";
export type { Ablation, DropoutMasks, Intervention, Patch, Scaling } from "./interventions";
export type { Lens, LensOptions } from "./lens";
export type { Residual, StreamPart } from "./residual";
export type { LayerRouting, Routing } from "./routing";
export type { GradientRun, LayerWeights, ShortcutGradients, ShortcutOptions } from "./shortcut-gradients";
export type { Statistics } from "./statistics";
export type { Surprisal } from "./surprisal";
export type { HeadTarget, LayerTarget, NeuronTarget, Target } from "./targets";
export type { Trace, TraceOptions } from "./trace";
export type { LookOptions, TokenTraceOptions } from "./watched-context";
