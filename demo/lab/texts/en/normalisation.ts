export const normalisation = {
  question: "Why normalise? And what if one didn't?",
  lead: "Before each half of a block, and once at the end, every token's row is moved to mean 0 and stretched or shrunk to variance 1. Only then do the weights see it.",
  before: "before",
  after: "after",
  mean: "mean",
  variance: "variance",
  rms: "root mean square",
  layer: "layer",
  block: "block",
  size: "size (root mean square)",
  rows: "Each dot is the row of one token at one norm: its variance, and under it its mean. Left what comes in, right what goes out, on the same scale.",
  rowsAlternative: (n: Record<"least" | "most" | "means" | "after" | "afterMeans", string>) =>
    `Before the norms, variances go from ${n.least} to ${n.most} and means lie within ${n.means} of 0. After them, the variance is ${n.after} on average and means lie within ${n.afterMeans} of 0.`,
  two: (token: string, layer: number, attention: boolean, difference: string) =>
    `LayerNorm takes off the mean and divides by the standard deviation; RMSNorm only divides by the root mean square. Both on the row whose mean is farthest from 0, in standard deviations: ${token} before the ${attention ? "attention" : "feed-forward"} of layer ${layer}. Over all rows, what they hand on differs by ${difference} on average.`,
  depth: (blocks: number, stds: readonly string[]) =>
    `The numbers on their way through ${blocks} untrained blocks without shortcuts, once with weights that are too small (${stds[0]}) and once too large (${stds[1]}): with norms, and with every norm made to hand on what it was given. Dotted, the limits of 32-bit numbers; products of queries and keys pass the upper one first.`,
  largest: (limit: string) => `largest number, ${limit}`,
  smallest: (limit: string) => `smallest, ${limit}`,
  overflows: (block: number) => `block ${block}: no numbers any more`,
  underflows: (block: number) => `block ${block}: all zero`,
  kept: "with norms",
  depthAlternative: (n: { overflow: number; underflow: number; kept: readonly string[] }) =>
    `Without norms, the large weights end in no numbers at all in block ${n.overflow}, the small ones in zeros in block ${n.underflow}. With norms, the sizes are ${n.kept.join(" and ")} at the end.`,
  moved: (kl: string) =>
    `The model above, with its norms taken out in the same way, is ${kl} nats away from its own prediction (0 would be no change).`,
  answer: (n: Record<"least" | "most" | "overflow" | "underflow", string>) =>
    `A norm keeps the numbers where arithmetic works: rows come with variances from ${n.least} to ${n.most} and leave with 1, while a deep model without norms has no numbers left in block ${n.overflow}, or only zeros in block ${n.underflow}.`,
};
