import type { Texts } from "../../languages";

export const normalisation: Texts["panels"]["normalisation"] = {
  question: "Por que normalizar? E se não se normalizasse?",
  lead: "Antes de cada metade de um bloco, e uma vez no fim, a linha de cada token é deslocada para a média 0 e esticada ou encolhida até a variância 1. Só então os pesos a veem.",
  before: "antes",
  after: "depois",
  mean: "média",
  variance: "variância",
  rms: "raiz da média dos quadrados",
  layer: "camada",
  block: "bloco",
  size: "tamanho (raiz da média dos quadrados)",
  rows: "Cada ponto é a linha de um token em uma normalização: a variância e, abaixo, a média. À esquerda o que entra, à direita o que sai, na mesma escala.",
  rowsAlternative: (n) =>
    `Antes das normalizações, as variâncias vão de ${n.least} a ${n.most} e as médias ficam a até ${n.means} de 0. Depois delas, a variância média é ${n.after} e as médias ficam a até ${n.afterMeans} de 0.`,
  two: (token, layer, attention, difference) =>
    `LayerNorm tira a média e divide pelo desvio padrão; RMSNorm só divide pela raiz da média dos quadrados. As duas na linha com a média mais longe de 0, em desvios padrão: ${token} antes ${attention ? "da atenção" : "do feed-forward"} da camada ${layer}. No conjunto das linhas, o que elas passam adiante difere em média ${difference}.`,
  depth: (blocks, stds) =>
    `Os números ao longo de ${blocks} blocos sem treino e sem atalhos, uma vez com pesos pequenos demais (${stds[0]}) e outra com pesos grandes demais (${stds[1]}): com normalização, e com cada normalização passando adiante o que recebeu. Pontilhados, os limites dos números de 32 bits; os produtos de consultas e chaves passam primeiro do limite de cima.`,
  largest: (limit) => `maior número, ${limit}`,
  smallest: (limit) => `menor, ${limit}`,
  overflows: (block) => `bloco ${block}: já não há números`,
  underflows: (block) => `bloco ${block}: tudo zero`,
  kept: "com normalização",
  depthAlternative: (n) =>
    `Sem normalização, os pesos grandes acabam sem número algum no bloco ${n.overflow}, e os pequenos em zeros no bloco ${n.underflow}. Com normalização, os tamanhos no fim são ${n.kept.join(" e ")}.`,
  moved: (kl) =>
    `O modelo acima, com as normalizações retiradas do mesmo modo, fica a ${kl} nats da própria previsão (0 seria nenhuma mudança).`,
  answer: (n) =>
    `A normalização mantém os números onde a aritmética funciona: as linhas chegam com variâncias de ${n.least} a ${n.most} e saem com 1, enquanto um modelo profundo sem ela já não tem números no bloco ${n.overflow}, ou só zeros no bloco ${n.underflow}.`,
};
