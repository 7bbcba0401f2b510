export const generating = {
  question: "How do scores become the next word?",
  lead: "After the last token the model gives every token it knows a score. Softmax turns the scores into probabilities: e to the power of each score, divided by the sum of all. One token is then taken, the text is read again with it, and so on, a token at a time.",
  temperature: "Temperature T",
  odds: "The likeliest next tokens. The temperature divides the scores before softmax: below 1 the likely ones gain, above 1 the others do; their order stays.",
  columns: { next: "next token", score: "score", at: (temperature: string) => `T = ${temperature}` },
  others: (count: string) => `the ${count} others`,
  spread: (n: Record<"plain" | "turned" | "temperature" | "sides", string>) =>
    `Entropy: ${n.plain} bits at temperature 1, ${n.turned} bits at ${n.temperature}, as unsure as a fair die of ${n.sides} sides.`,
  certain: (n: Record<"plain" | "turned" | "temperature", string>) =>
    `Entropy: ${n.plain} bits at temperature 1, ${n.turned} bits at ${n.temperature}, which is hardly a choice any more.`,
  filters: (temperature: string) =>
    `Before the draw, filters can take the unlikely tokens away. Each alone, at temperature ${temperature}, as the generator reports it:`,
  filterColumns: { filter: "keeps", kept: "tokens left", removed: "probability removed" },
  keeps: {
    topK: "the 10 likeliest",
    topP: "the fewest that together reach 90 %",
    minP: "those at least a tenth as likely as the likeliest",
  },
  writes: (tokens: number) => `How it writes on, ${tokens} tokens:`,
  greedy: "Always the likeliest token (greedy, temperature 0):",
  sampled: (temperature: string, seed: string) => `Drawn at temperature ${temperature}, seed ${seed}:`,
  again: "Another seed",
  unsure: "How unsure the model is of the next token: entropy in bits, at temperature 1.",
  unsureColumns: { who: "who chooses", bits: "entropy" },
  thisModel: "this model",
  untrained: (seed: number) => `the same, untrained (seed ${seed})`,
  even: (tokens: string) => `an even choice of ${tokens} tokens`,
  bits: (bits: string) => `${bits} bits`,
  answer: (n: Record<"token" | "probability" | "bits" | "most", string>) =>
    `Softmax makes probabilities of them and one token is drawn: here ${n.token} is the likeliest with ${n.probability}, and the model hesitates by ${n.bits} bits of the ${n.most} that choosing blindly has; temperature and filters only move the odds between the likely and the unlikely.`,
};
