import type { Texts } from "../../languages";

export const block: Texts["panels"]["block"] = {
  question: "O que um bloco acrescenta, e ele faria falta?",
  lead: "Um bloco lê a linha de cada token duas vezes e soma algo a ela duas vezes: normalização, atenção, soma; normalização, feed-forward, soma. O que sai tem o mesmo formato do que entrou, e por isso os blocos podem ser empilhados.",
  norm: "normalização",
  attention: "atenção",
  feedForward: "feed-forward",
  in: (shape) => `entra: ${shape}`,
  out: (shape) => `sai: ${shape}`,
  flow: (token) =>
    `O bloco, com o comprimento da linha de ${token} em cada ponto (raiz da soma dos quadrados); quanto mais grosso o traço, mais comprida. Em âmbar, o que é somado. Os comprimentos não se somam como números: as linhas apontam para direções diferentes.`,
  flowAlternative: (n) =>
    `Ao longo do fluxo, ${n.shape} na entrada e na saída: comprimento ${n.from}; normalização e atenção somam ${n.attention}, o que dá ${n.middle}; normalização e feed-forward somam ${n.feedForward}, o que dá ${n.to}.`,
  prediction: (layer) =>
    `O próximo token, com o bloco ${layer} e sem o que ele soma (a linha passa por ele sem mudar).`,
  token: "token",
  with: "com o bloco",
  without: "sem ele",
  missed: "Quanto a próxima palavra muda sem cada bloco, um de cada vez, em nats (0 seria nenhuma mudança).",
  missedAlternative: (layer, kl) => `Sem o bloco ${layer}: ${kl} nats.`,
  answer: (n) =>
    `O bloco ${n.layer} recebe ${n.shape} números e devolve outros tantos, e leva a linha do último token do comprimento ${n.from} a ${n.to}; sem ele, a próxima palavra muda em ${n.kl} nats, e \`${n.token}\`, o mais provável com ele, vai de ${n.before} a ${n.after}.`,
};
