export const shortcuts = {
  question: "What do shortcuts save?",
  lead: "The network of the chapter's section 4.4, five layers from 3 numbers to 1, or up to twenty of them, is run forwards and back, once as it is and once with each layer's input added to what it gives, wherever both are equally wide: everywhere but in the last. The gradient is what a layer learns from.",
  weights: "Weights",
  layers: "Layers",
  seed: (seed: number) => (seed === 123 ? "The book's, seed 123" : `Seed ${seed}`),
  caption:
    "Mean size of the gradient in each layer, on a scale of powers of ten; it comes from the last layer and goes to the first.",
  with: "with shortcuts",
  without: "without shortcuts",
  line: (name: string, layers: number, values: string) => `Mean gradient of layers 1 to ${layers} ${name}: ${values}.`,
  answer: (n: Record<"with" | "without", string>) =>
    `They save the first layers' gradient: without shortcuts the first layer gets ${n.without} of the last layer's, with them ${n.with}.`,
};
