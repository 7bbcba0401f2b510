import type { Texts } from "../../languages";

export const model: Texts["panels"]["model"] = {
  question: "O que são os parâmetros, e quantos são?",
  lead: "Um parâmetro é um número que o treino ajusta. Eles ficam em tabelas: uma linha para cada token e para cada posição e, em cada bloco, os pesos que formam consultas, chaves, valores e neurônios. Só a configuração já diz quantos são.",
  shares: "Onde eles estão. Um bloco tem atenção e feed-forward, cada um com uma normalização antes.",
  part: "parte",
  thisModel: "este modelo",
  small: "GPT-2 small, como no capítulo",
  total: "todos",
  parts: {
    embeddings: "embeddings de tokens e posições",
    attention: "atenção, todos os blocos",
    feedForward: "feed-forward, todos os blocos",
    norms: "normalizações",
    head: "cabeça de saída",
  },
  tree: (format, bytes) =>
    `Cada tensor deste modelo com os nomes do capítulo: a forma, o formato dos números, quantos parâmetros tem e quanto ocupam; em ${format}, ${bytes} ao todo. O cinza atrás de uma linha é a sua parte do total.`,
  same: (name) => `igual a ${name}`,
  family: (chapters) =>
    `Os tamanhos do GPT-2 na configuração do capítulo, e a memória que ocupam com 32 bits por parâmetro, em megabytes de um milhão de bytes; os do capítulo têm 1.024 × 1.024, e o menor ocupa ${chapters} deles. Uma cabeça compartilhada lê as linhas do embedding de tokens, que assim contam uma vez só.`,
  model: "modelo",
  own: "cabeça própria",
  tied: "cabeça compartilhada",
  shape: (layers, heads, width) => `${layers} camadas, ${heads} cabeças, largura ${width}`,
  answer: (n) =>
    `São tudo o que um modelo pode aprender, aqui ${n.total} números: ${n.feedForward} deles nos feed-forwards, ${n.attention} na atenção, ${n.embeddings} nos embeddings; o GPT-2 small do capítulo tem ${n.own} com uma cabeça de saída própria, ${n.tied} quando o embedding é também a cabeça.`,
};
