import type { Texts } from "../languages";
import { activations } from "./pt-br/activations";
import { attention } from "./pt-br/attention";
import { block } from "./pt-br/block";
import { embeddings } from "./pt-br/embeddings";
import { generating } from "./pt-br/generating";
import { model } from "./pt-br/model";
import { normalisation } from "./pt-br/normalisation";
import { shortcuts } from "./pt-br/shortcuts";

/** Tudo o que o laboratório diz, em português do Brasil. */
export const ptBR: Texts = {
  title: "Laboratório",
  tagline: "Por dentro de um GPT: cada parte do capítulo, ao vivo.",
  story: "História",
  pages: "Páginas",
  language: "Idioma",
  questions: "Perguntas",
  sentence: {
    label: "A frase que os painéis leem (em inglês)",
    one: "1 token:",
    count: (all) => `${all} tokens:`,
    cut: (all, shown) => `primeiros ${shown} de ${all} tokens:`,
    empty: "Escreva algumas palavras, e os painéis as leem.",
  },
  model: {
    form: {
      drop: "Solte os arquivos em qualquer lugar desta página: `config.json`, `model.safetensors` e `tokenizer.json`, ou um só `.gguf`. Ou cole o endereço.",
      address: "Endereço ou nome no hub",
      numbers: "Números",
      load: "Carregar",
      choose: "Escolher arquivos…",
      cancel: "Cancelar",
      back: "Voltar ao modelo de histórias",
      formats: {
        q8_0: "q8_0 · 8 bits",
        q4_0: "q4_0 · 4 bits, metade da memória",
        f16: "f16 · 16 bits",
        f32: "f32 · 32 bits, exato",
      },
    },
    files: {
      missing: (names, found) =>
        `Falta${names.length > 1 ? "m" : ""} ${names.join(", ")}; encontrado: ${found.join(", ") || "nada"}.`,
      tokenizer: "tokenizer.json (ou vocab.json e merges.txt)",
    },
    loading: {
      label: "Carregando",
      phases: { download: "Baixando", cache: "Lendo o que ficou de outra visita", read: "Lendo", make: "Criando" },
      ready: "Preparando",
      left: (time) => `faltam ${time}`,
      of: "de",
    },
    title: "O modelo",
    kinds: {
      story: "O modelo de histórias, treinado",
      untrained: "O mesmo, sem treino",
      own: "O seu",
    },
    storyName: "O modelo de histórias",
    untrainedName: "Sem treino",
    facts: (name, parameters, layers, heads, width) =>
      `${name}: ${parameters} parâmetros, ${layers} camadas de ${heads} cabeças, largura ${width}.`,
  },
  layer: "Camada",
  head: "Cabeça",
  working: "Calculando",
  library: "A biblioteca diz, em inglês:",
  failed: "Não foi possível desenhar este painel.",
  from: (hooks, source) =>
    hooks.length > 0 ? `Mostra ${hooks.join(", ")}; calculado em ${source}.` : `Calculado em ${source}.`,
  panels: { embeddings, normalisation, activations, attention, shortcuts, block, model, generating },
};
