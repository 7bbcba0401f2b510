import type { Texts } from "../../languages";

export const embeddings: Texts["panels"]["embeddings"] = {
  question: "Qual é a diferença entre embeddings de token e de posição?",
  lead: "Um GPT guarda duas tabelas. Uma tem uma linha de números para cada token que ele conhece; a outra, para cada lugar do texto. O que entra no primeiro bloco é a soma das duas linhas.",
  parts: { token: "token", position: "posição", sum: "soma" },
  strips: (shown, width) =>
    `Os primeiros ${shown} dos ${width} números de cada linha, e o comprimento da linha. Âmbar é acima de zero; cinza, abaixo.`,
  stripsAlternative: (rows) => `Comprimentos das linhas. ${rows.join(" ")}`,
  stripRow: (token, norms) => `${token}: token ${norms[0]}, posição ${norms[1]}, soma ${norms[2]}.`,
  map: (step, positions) =>
    `O quanto as linhas de duas posições se parecem: o cosseno do ângulo entre elas, a cada ${step} de ${positions} posições. Âmbar é parecido, vazio é sem relação, cinza com um ponto é oposto.`,
  mapMeans: (step, near, half, far) =>
    `Em média, o cosseno é ${near} para posições a ${step} de distância e ${far} para as que estão a ${half}.`,
  position: "posição",
  shuffleCaption:
    "O que o modelo espera em seguida, e o que muda quando as palavras antes da última trocam de lugar, ou quando se tiram as posições (`pos_embed` igual a zero).",
  shuffle: "Embaralhar de novo",
  order: (words) => `Embaralhado: ${words}`,
  columns: {
    next: "próximo token",
    asWritten: "como escrito",
    shuffled: "fora de ordem",
    blind: "sem posições",
    both: "fora de ordem, sem posições",
  },
  answer: (seeing, blind) =>
    `A linha do token diz o que está ali; a da posição diz onde: embaralhar as palavras muda em ${seeing} o que a primeira atenção soma à última palavra e, sem as posições, em ${blind}.`,
};
