/**
 * GPT-2's byte alphabet: each byte has a printable character that stands for it in `vocab.json` and `merges.txt`.
 * The printable bytes of Latin-1 stand for themselves, the other 68 take the characters from U+0100 on, in order
 * (`bytes_to_unicode` of openai/gpt-2, `encoder.py`).
 */

const isPrintable = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** Byte of each UTF-16 code unit, -1 for one outside the alphabet. */
const byteOfUnit = new Int16Array(0x100 + 68).fill(-1);
for (let byte = 0, next = 0x100; byte < 0x100; byte++) byteOfUnit[isPrintable(byte) ? byte : next++] = byte;

/** The 256 characters, by code. */
export const BYTE_CHARACTERS: readonly string[] = Array.from(byteOfUnit.keys())
  .filter((unit) => byteOfUnit[unit] !== -1)
  .map((unit) => String.fromCharCode(unit));

const utf8 = new TextEncoder();

/** The bytes of a vocabulary entry. One with a character outside the alphabet stands for its own text, as in `tokenizers`. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfUnit[token.charCodeAt(i)] ?? -1;
    if (byte < 0) return utf8.encode(token);
    bytes[i] = byte;
  }
  return bytes;
}
