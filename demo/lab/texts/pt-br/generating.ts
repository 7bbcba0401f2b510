import type { Texts } from "../../languages";

export const generating: Texts["panels"]["generating"] = {
  question: "Como as notas viram a próxima palavra?",
  lead: "Depois do último token, o modelo dá uma nota a cada token que conhece. Softmax transforma as notas em probabilidades: e elevado a cada nota, dividido pela soma de todos. Um token é então escolhido, o texto é lido de novo com ele, e assim por diante, um token por vez.",
  temperature: "Temperatura T",
  odds: "Os próximos tokens mais prováveis. A temperatura divide as notas antes do softmax: abaixo de 1 ganham os prováveis, acima de 1 ganham os outros; a ordem não muda.",
  columns: { next: "próximo token", score: "nota", at: (temperature) => `T = ${temperature}` },
  others: (count) => `os outros ${count}`,
  spread: (n) =>
    `Entropia: ${n.plain} bits com temperatura 1, ${n.turned} bits com ${n.temperature}: a mesma dúvida de um dado justo de ${n.sides} faces.`,
  certain: (n) =>
    `Entropia: ${n.plain} bits com temperatura 1, ${n.turned} bits com ${n.temperature}: já quase não há escolha.`,
  filters: (temperature) =>
    `Antes do sorteio, filtros podem tirar os tokens improváveis. Cada um sozinho, com temperatura ${temperature}, como o próprio gerador relata:`,
  filterColumns: { filter: "fica com", kept: "tokens que restam", removed: "probabilidade retirada" },
  keeps: {
    topK: "os 10 mais prováveis",
    topP: "o mínimo de tokens que juntos chegam a 90 %",
    minP: "os que têm pelo menos um décimo da probabilidade do mais provável",
  },
  writes: (tokens) => `Como ele continua o texto, ${tokens} tokens:`,
  greedy: "Sempre o token mais provável (guloso, temperatura 0):",
  sampled: (temperature, seed) => `Sorteado com temperatura ${temperature}, semente ${seed}:`,
  again: "Outra semente",
  unsure: "Quanta dúvida o modelo tem sobre o próximo token: entropia em bits, com temperatura 1.",
  unsureColumns: { who: "quem escolhe", bits: "entropia" },
  thisModel: "este modelo",
  untrained: (seed) => `o mesmo, sem treino (semente ${seed})`,
  even: (tokens) => `uma escolha igual entre ${tokens} tokens`,
  bits: (bits) => `${bits} bits`,
  answer: (n) =>
    `Softmax faz delas probabilidades, e um token é sorteado: aqui ${n.token} é o mais provável, com ${n.probability}, e o modelo hesita em ${n.bits} bits dos ${n.most} de uma escolha às cegas; temperatura e filtros só deslocam as chances entre o provável e o improvável.`,
};
