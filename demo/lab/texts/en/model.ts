export const model = {
  question: "What are the parameters, and how many?",
  lead: "A parameter is one number that training sets. They lie in tables: a row for each token and for each place, and in every block the weights that queries, keys, values and neurons are made with. The configuration alone says how many there are.",
  shares: "Where they are. A block holds attention and a feed-forward, each with a norm before it.",
  part: "part",
  thisModel: "this model",
  small: "GPT-2 small, as in the chapter",
  total: "all",
  parts: {
    embeddings: "embeddings of tokens and places",
    attention: "attention, all blocks",
    feedForward: "feed-forward, all blocks",
    norms: "norms",
    head: "output head",
  },
  tree: (format: string, bytes: string) =>
    `Every tensor of this model by the chapter's names: its shape, its number format, how many parameters it holds and what they take, as ${format} ${bytes} in all. The grey behind a row is its share.`,
  same: (name: string) => `same as ${name}`,
  family: (chapters: string) =>
    `The sizes of GPT-2 in the chapter's configuration, and the memory that 32 bits a parameter take, in megabytes of a million bytes; the chapter's are of 1,024 × 1,024, of which the small one takes ${chapters}. A tied head reads the token embedding's rows, so they count once.`,
  model: "model",
  own: "head of its own",
  tied: "tied head",
  shape: (layers: number, heads: number, width: string) => `${layers} layers, ${heads} heads, ${width} wide`,
  answer: (n: Record<"total" | "feedForward" | "attention" | "embeddings" | "own" | "tied", string>) =>
    `They are all that a model can learn, ${n.total} numbers here: ${n.feedForward} of them in the feed-forwards, ${n.attention} in attention, ${n.embeddings} in the embeddings; the chapter's GPT-2 small has ${n.own} with an output head of its own, ${n.tied} where the embedding is the head too.`,
};
