import { en } from "./texts/en";
import { ptBR } from "./texts/pt-br";

/** All that the lab says, in one language; English is the measure of the others. */
export type Texts = typeof en;

/** By language tag; each is named in its own words. */
export const LANGUAGES = {
  en: { name: "English", texts: en },
  "pt-BR": { name: "Português", texts: ptBR },
} satisfies Record<string, { name: string; texts: Texts }>;

export type Language = keyof typeof LANGUAGES;

/** The language that the address asks for (`?lang=pt-BR`), or else the first of the reader's that the lab speaks. */
export function chosenLanguage(address: string, spoken: readonly string[]): Language {
  const asked = new URLSearchParams(address).get("lang");
  for (const tag of asked === null ? spoken : [asked, ...spoken]) {
    const base = tag.toLowerCase().split("-")[0];
    const found = languages().find((language) => language.toLowerCase().split("-")[0] === base);
    if (found) return found;
  }
  return "en";
}

/** The address's query with this language in it. */
export function withLanguage(address: string, language: Language): string {
  const query = new URLSearchParams(address);
  query.set("lang", language);
  return `?${query}`;
}

export function languages(): Language[] {
  return Object.keys(LANGUAGES) as Language[];
}
