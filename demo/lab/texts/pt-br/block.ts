import type { Texts } from "../../languages";

export const block: Texts["panels"]["block"] = {
  question: "O que um bloco acrescenta, e faria falta?",
  lead: "Um bloco recebe uma linha de números para cada token e devolve linhas do mesmo formato; por isso os blocos podem ser empilhados. Duas vezes ele normaliza uma cópia das linhas, trabalha nela e soma o resultado: primeiro a atenção, depois a rede feed-forward.",
  caption: (shape) =>
    `O caminho pelo bloco, cada estação com o formato ${shape}: o comprimento médio das linhas (a raiz da soma dos quadrados). Em contorno, o fluxo; em âmbar, o que se soma a ele.`,
  stations: {
    resid_pre: "entra",
    attn_out: "a atenção soma",
    resid_mid: "no meio",
    mlp_out: "a feed-forward soma",
    resid_post: "sai",
  },
  station: (name, length) => `${name}: ${length}.`,
  without: "Quanto a próxima palavra muda, em nats, quando um dos blocos não acrescenta nada.",
  loss: (layer, nats) => `Sem o bloco ${layer}: ${nats} nats.`,
  answer: (n) =>
    `O bloco ${n.layer} recebe ${n.shape} e devolve ${n.shape}; o que a atenção soma tem ${n.attention} do comprimento do fluxo, o que a feed-forward soma, ${n.feedForward}; sem o bloco, a próxima palavra muda em ${n.nats} nats.`,
};
