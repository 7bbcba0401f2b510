export const block = {
  question: "What does one block add, and would it be missed?",
  lead: "A block takes one row of numbers for each token and gives back rows of the same shape, so that blocks can be stacked. Twice it normalises a copy of the rows, works on it, and adds the result: first attention, then the feed-forward.",
  caption: (shape: string) =>
    `The way through the block, each station of shape ${shape}: how long the rows are on average (the root of the sum of squares). Outlined is the stream, amber is what is added to it.`,
  stations: {
    resid_pre: "comes in",
    attn_out: "attention adds",
    resid_mid: "in between",
    mlp_out: "feed-forward adds",
    resid_post: "goes out",
  },
  station: (name: string, length: string) => `${name}: ${length}.`,
  without: "How far the next word moves, in nats, when one block adds nothing.",
  loss: (layer: string, nats: string) => `Without block ${layer}: ${nats} nats.`,
  answer: (n: Record<"layer" | "shape" | "attention" | "feedForward" | "nats", string>) =>
    `Block ${n.layer} takes ${n.shape} and gives back ${n.shape}; what its attention adds is ${n.attention} as long as the stream, what its feed-forward adds ${n.feedForward}, and without the block the next word moves by ${n.nats} nats.`,
};
