export const block = {
  question: "What does one block add, and would it be missed?",
  lead: "A block reads each token's row twice, and adds to it twice: norm, attention, add; norm, feed-forward, add. What comes out has the shape of what went in, so that blocks can be stacked.",
  norm: "norm",
  attention: "attention",
  feedForward: "feed-forward",
  in: (shape: string) => `in: ${shape}`,
  out: (shape: string) => `out: ${shape}`,
  flow: (token: string) =>
    `The block, with how long the row of ${token} is at each place (root of the sum of its squares); the thicker the line, the longer. Amber is what is added. Lengths don't add up like numbers: the rows point in different directions.`,
  flowAlternative: (n: Record<"shape" | "from" | "attention" | "middle" | "feedForward" | "to", string>) =>
    `Down the stream, ${n.shape} in and out: length ${n.from}; norm and attention add ${n.attention}, which makes ${n.middle}; norm and feed-forward add ${n.feedForward}, which makes ${n.to}.`,
  prediction: (layer: number) =>
    `The next token, with block ${layer} and without what it adds (the row goes past it unchanged).`,
  token: "token",
  with: "with the block",
  without: "without it",
  missed: "How far the next word moves without each block, one at a time, in nats (0 would be no change).",
  missedAlternative: (layer: string, kl: string) => `Without block ${layer}: ${kl} nats.`,
  answer: (n: Record<"layer" | "shape" | "from" | "to" | "kl" | "token" | "before" | "after", string>) =>
    `Block ${n.layer} takes ${n.shape} numbers and gives as many, and changes the last token's row from length ${n.from} to ${n.to}; without it the next word moves by ${n.kl} nats, and \`${n.token}\`, the likeliest with it, goes from ${n.before} to ${n.after}.`,
};
