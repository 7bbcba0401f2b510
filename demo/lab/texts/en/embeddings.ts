export const embeddings = {
  question: "What is the difference between token and positional embeddings?",
  lead: "A GPT keeps two tables. One has a row of numbers for each token it knows, the other for each place in the text. What enters the first block is the sum of the two rows.",
  parts: { token: "token", position: "position", sum: "sum" },
  strips: (shown: number, width: string) =>
    `The first ${shown} of the ${width} numbers of each row, and the row's length. Amber is above zero, grey below.`,
  stripsAlternative: (rows: readonly string[]) => `Lengths of the rows. ${rows.join(" ")}`,
  stripRow: (token: string, norms: readonly string[]) =>
    `${token}: token ${norms[0]}, position ${norms[1]}, sum ${norms[2]}.`,
  map: (step: number, positions: string) =>
    `How alike the rows of two positions are: the cosine of the angle between them, for every ${step}th of ${positions} positions. Amber is alike, blank is unrelated, grey with a dot is opposite.`,
  mapMeans: (step: number, near: string, half: string, far: string) =>
    `On average the cosine is ${near} for positions ${step} apart, and ${far} for those ${half} apart.`,
  position: "position",
  shuffleCaption:
    "What the model expects next, and what becomes of it when the words before the last one change places, or when the positions are taken away (`pos_embed` set to zero).",
  shuffle: "Shuffle again",
  order: (words: string) => `Shuffled: ${words}`,
  columns: {
    next: "next token",
    asWritten: "as written",
    shuffled: "shuffled",
    blind: "no positions",
    both: "shuffled, no positions",
  },
  answer: (seeing: string, blind: string) =>
    `A token's row says what stands there, a position's row says where: shuffling the words changes what the first attention adds for the last word by ${seeing}, and once the positions are taken away by ${blind}.`,
};
