import type { Texts } from "../../languages";

export const attention: Texts["panels"]["attention"] = {
  question: "Quem olha para quem?",
  lead: "A atenção é o único lugar em que os tokens aprendem uns com os outros. Cada cabeça reparte a atenção de cada token, 100 % ao todo, entre ele mesmo e os tokens anteriores; os seguintes ficam escondidos dele.",
  tokens: "Os tokens da frase",
  ask: "Pergunte a um token para onde ele olha: aponte, toque ou use as setas do teclado. Quanto mais forte o âmbar, mais ele olha para lá.",
  looks: (token, looks) => `${token} olha para ${looks.join(", ")}.`,
  look: (token, share) => `\`${token}\` ${share}`,
  map: (layer, head) =>
    `Camada ${layer}, cabeça ${head}: cada linha é um token que olha; cada coluna, um token olhado.`,
  overview:
    "Quanto as cabeças olham para o primeiro token, para o imediatamente anterior e para o próprio token, em porcentagem, na média da frase.",
  kinds: { first: "para o primeiro", previous: "para o anterior", itself: "para si" },
  overviewAlternative: (n) =>
    `Entre todas as cabeças, ${n.first} vai para o primeiro token, ${n.previous} para o anterior e ${n.itself} para o próprio token.`,
  answer: (n) =>
    `Cada cabeça tem a sua resposta: entre todas, ${n.first} da atenção vai para o primeiro token e ${n.previous} para o imediatamente anterior, quando um olhar uniforme daria ${n.even} a cada um; sem a cabeça ${n.head} da camada ${n.layer}, a próxima palavra muda em ${n.one} nats; sem atenção alguma, em ${n.all}.`,
  alone: (n) =>
    `Um token sozinho só tem a si mesmo para olhar, em todas as cabeças; sem a cabeça ${n.head} da camada ${n.layer}, a próxima palavra muda em ${n.one} nats; sem atenção alguma, em ${n.all}.`,
};
