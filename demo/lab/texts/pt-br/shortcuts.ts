import type { Texts } from "../../languages";

export const shortcuts: Texts["panels"]["shortcuts"] = {
  question: "O que os atalhos salvam?",
  lead: "A rede da seção 4.4 do capítulo, cinco camadas de 3 números a 1, ou até vinte delas, roda para a frente e para trás, uma vez como está e outra com a entrada de cada camada somada ao que ela dá, onde as duas têm a mesma largura: em todas menos na última. É do gradiente que uma camada aprende.",
  weights: "Pesos",
  layers: "Camadas",
  seed: (seed) => (seed === 123 ? "Os do livro, semente 123" : `Semente ${seed}`),
  caption:
    "Tamanho médio do gradiente em cada camada, em escala de potências de dez; ele vem da última camada e vai até a primeira.",
  with: "com atalhos",
  without: "sem atalhos",
  line: (name, layers, values) => `Gradiente médio das camadas 1 a ${layers} ${name}: ${values}.`,
  answer: (n) =>
    `Salvam o gradiente das primeiras camadas: sem atalhos, a primeira recebe ${n.without} do gradiente da última; com eles, ${n.with}.`,
};
