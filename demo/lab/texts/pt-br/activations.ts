import type { Texts } from "../../languages";

export const activations: Texts["panels"]["activations"] = {
  question: "Os negativos morrem? ReLU e GELU",
  lead: "Depois da atenção, a linha de cada token passa sozinha por uma camada de neurônios. Um neurônio soma todos os números da linha, cada um vezes um peso, e a ativação decide quanto da soma ele passa adiante. Sem ela, duas camadas não seriam mais do que uma.",
  layer: "camada",
  given: "a soma do neurônio",
  handsOn: "o que ele passa adiante",
  slope: "inclinação",
  howMany: "quantos",
  below: (share) => `${share} abaixo de 0`,
  curves: (layer, outside) =>
    `ReLU (tracejada) e GELU. Os pontos são os neurônios do último token na camada ${layer}; abaixo, a inclinação, pela qual se aprende, e onde caem as somas de todos os tokens (${outside} ficam fora da figura).`,
  curvesAlternative: (n) =>
    `${n.negatives} das somas estão abaixo de zero. Os neurônios passam adiante de ${n.least} a ${n.most}. Abaixo de zero, ReLU passa 0 com inclinação 0; GELU passa um pouco abaixo de zero, no mínimo −0,17, com inclinação diferente de 0.`,
  neurons:
    "Quantos neurônios de cada camada ficam acima de zero para nenhum token da frase (vazio), para alguns (claro), para todos (cheio).",
  neuronsAlternative: (n) =>
    `Camada ${n.layer}: ${n.none} neurônios ficam acima de zero para nenhum token, ${n.some} para alguns, ${n.all} para todos.`,
  widths: (token, narrow, wide, times) =>
    `A linha de ${token} ao passar pela camada, ${times} vezes mais larga e de volta: os primeiros ${narrow}, ${wide} e ${narrow} números. Os neurônios não são pontos entre os números da linha: cada um olha para todos eles, com pesos próprios.`,
  in: (width) => `${width} números entram`,
  neuronsOf: (width) => `${width} neurônios`,
  out: (width) => `${width} números saem`,
  strip: (name, negatives) => `${name}: ${negatives} abaixo de zero.`,
  moved: (kl) =>
    `Com ReLU no lugar da ativação do modelo, a próxima palavra muda em ${kl} nats (0 seria nenhuma mudança).`,
  answer: (n) =>
    `Com ReLU, sim, e enquanto estão mortos não aprendem nada; GELU guarda um pouco deles, e a inclinação: na camada ${n.layer}, ${n.negatives} das somas são negativas e ${n.never} dos neurônios não passam de zero em nenhum token, mas ${n.out} do que sai é negativo de novo: os números negativos continuam ao alcance.`,
};
