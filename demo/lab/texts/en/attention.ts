export const attention = {
  question: "Who looks at whom?",
  lead: "Attention is the one place where tokens learn from each other. Each head gives every token shares of its attention, 100 % in all, over itself and the tokens before it; later ones are hidden from it.",
  tokens: "The tokens of the sentence",
  ask: "Ask a token where it looks: point at it, tap it, or go along with the arrow keys. The deeper the amber, the more it looks there.",
  looks: (token: string, looks: readonly string[]) => `${token} looks at ${looks.join(", ")}.`,
  look: (token: string, share: string) => `\`${token}\` ${share}`,
  map: (layer: number, head: number) =>
    `Layer ${layer}, head ${head}: each line is a token that looks, each column one that is looked at.`,
  overview:
    "How much the heads look at the first token, at the one just before, and at the token itself, in per cent, averaged over the sentence.",
  kinds: { first: "at the first", previous: "at the one before", itself: "at itself" },
  overviewAlternative: (n: Record<"first" | "previous" | "itself", string>) =>
    `Over all heads, ${n.first} goes to the first token, ${n.previous} to the one before and ${n.itself} to the token itself.`,
  answer: (n: Record<"first" | "previous" | "even" | "layer" | "head" | "one" | "all", string>) =>
    `Each head has its own answer: over all of them, ${n.first} of the attention goes to the first token and ${n.previous} to the one just before, where an even look would give either ${n.even}; without head ${n.head} of layer ${n.layer} the next word moves by ${n.one} nats, without any attention by ${n.all}.`,
  alone: (n: Record<"layer" | "head" | "one" | "all", string>) =>
    `A token that stands alone has only itself to look at, in every head; without head ${n.head} of layer ${n.layer} the next word moves by ${n.one} nats, without any attention by ${n.all}.`,
};
