/** Everything that looks inside, as one chunk: loaded at the first look. */
export { prepareAttribution } from "./attribution";
export { intervened } from "./intervene";
export { resolveInterventions } from "./interventions";
export { prepareLens } from "./lens";
export { residual } from "./residual";
export { routing } from "./routing";
export { shortcutGradients } from "./shortcut-gradients";
export { surprisal } from "./surprisal";
export { prepareTrace } from "./trace";
export { resolveLook, watched } from "./watched-context";
