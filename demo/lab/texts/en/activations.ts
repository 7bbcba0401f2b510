export const activations = {
  question: "Do negatives die? ReLU and GELU",
  lead: "After attention, each token's row goes through a layer of neurons on its own. A neuron adds up all the numbers of the row, each times a weight, and the activation decides how much of the sum it hands on. Without it, two layers would be no more than one.",
  layer: "layer",
  given: "what the neuron adds up to",
  handsOn: "what it hands on",
  slope: "slope",
  howMany: "how many",
  below: (share: string) => `${share} below 0`,
  curves: (layer: number, outside: string) =>
    `ReLU (dashed) and GELU. The dots are the last token's neurons in layer ${layer}; under them the slope, which is what learning goes by, and where all tokens' sums lie (${outside} are outside of the picture).`,
  curvesAlternative: (n: Record<"negatives" | "least" | "most", string>) =>
    `${n.negatives} of the sums are below zero. The neurons hand on from ${n.least} to ${n.most}. Below zero, ReLU hands on 0 with slope 0; GELU hands on a little below zero, at least −0.17, with a slope that is not 0.`,
  neurons:
    "How many neurons of each layer are above zero for no token of the sentence (empty), for some (light), for every one (full).",
  neuronsAlternative: (n: Record<"layer" | "none" | "some" | "all", string>) =>
    `Layer ${n.layer}: ${n.none} neurons are above zero for no token, ${n.some} for some, ${n.all} for all.`,
  widths: (token: string, narrow: number, wide: number, times: string) =>
    `The row of ${token} on its way through the layer, ${times} times as wide and back: the first ${narrow}, ${wide} and ${narrow} numbers. The neurons are no points between the numbers of the row: each looks at all of them, with weights of its own.`,
  in: (width: string) => `${width} numbers in`,
  neuronsOf: (width: string) => `${width} neurons`,
  out: (width: string) => `${width} numbers out`,
  strip: (name: string, negatives: string) => `${name}: ${negatives} below zero.`,
  moved: (kl: string) =>
    `With ReLU in place of its own activation, the model's next word moves by ${kl} nats (0 would be no change).`,
  answer: (n: Record<"layer" | "negatives" | "never" | "out", string>) =>
    `With ReLU they do, and learn nothing while they are dead; GELU keeps a little of them, and their slope: in layer ${n.layer}, ${n.negatives} of the sums are negative and ${n.never} of the neurons above zero for no token, yet ${n.out} of what leaves is negative again, so negative numbers stay within reach.`,
};
