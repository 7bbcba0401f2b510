/** A token that is cut out of the text before the vocabulary sees it. Names as in `tokenizer.json`. */
export interface AddedToken {
  id: number;
  content: string;
  /** Only where no letter or digit touches it. */
  single_word: boolean;
  /** Swallows the white space before it, or after it. */
  lstrip: boolean;
  rstrip: boolean;
  /** Looked for in the normalized text, after those that are not. */
  normalized: boolean;
}

/** Text between added tokens, or the id of one. */
export type Section = string | number;

const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const afterWord = new RegExp(`(?<=${WORD})`, "uy");
const beforeWord = new RegExp(`(?=${WORD})`, "uy");
const space = /\p{White_Space}*/uy;
const spaceUnit = /\p{White_Space}/u;

const holdsAt = (sticky: RegExp, text: string, index: number): boolean => {
  sticky.lastIndex = index;
  return sticky.test(text);
};

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/**
 * Cuts text at its added tokens, as `AddedVocabulary` of Hugging Face tokenizers does (leftmost, then longest; those
 * not `normalized` first, in the text as given). Done here for both backends: web-tokenizers gives such tokens ids of
 * its own counting, @huggingface/tokenizers knows no `single_word` and takes equal byte tokens for added ones.
 *
 * Sections of text come out normalized.
 */
export function splitter(
  tokens: readonly AddedToken[],
  normalize: (text: string) => string,
): (text: string) => Section[] {
  const cutRaw = cutter(tokens.filter((token) => !token.normalized));
  const cutNormalized = cutter(
    tokens.filter((token) => token.normalized).map((token) => ({ ...token, content: normalize(token.content) })),
  );
  return (text) =>
    cutRaw(text).flatMap((section) => (typeof section === "number" ? section : cutNormalized(normalize(section))));
}

function cutter(tokens: readonly AddedToken[]): (text: string) => Section[] {
  if (tokens.length === 0) return (text) => [text];
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join("|"), "gu");

  return (text) => {
    const sections: Section[] = [];
    let done = 0;
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0]);
      let start = match.index;
      let end = start + match[0].length;
      if (!token) continue;
      if (token.single_word && (holdsAt(afterWord, text, start) || holdsAt(beforeWord, text, end))) continue;
      if (token.lstrip) while (start > done && spaceUnit.test(text.charAt(start - 1))) start--;
      if (token.rstrip && holdsAt(space, text, end)) end = space.lastIndex;
      if (start > done) sections.push(text.slice(done, start));
      sections.push(token.id);
      done = end;
    }
    if (done < text.length) sections.push(text.slice(done));
    return sections;
  };
}
