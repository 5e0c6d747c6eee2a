import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { writeUtf8 } from '../byte-pair/write-utf8.ts';
import type { NormalizedText } from '../normalized-text.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Writes each byte of the text's UTF-8 as a printable character. */
export class ByteLevelNormalizer implements Normalizer {
  readonly type = 'ByteLevel';
  readonly #alphabet: readonly string[] = createByteAlphabet().characters;

  normalize(text: NormalizedText): NormalizedText {
    return toByteAlphabet(text, this.#alphabet);
  }

  toJSON(): NormalizerJson {
    return { type: this.type };
  }
}

const bytes = new Int32Array(4);

/** The text with each character as its bytes, in the characters that stand for them. */
export function toByteAlphabet(text: NormalizedText, alphabet: readonly string[]): NormalizedText {
  return text.mapCharacters((codePoint) => {
    if (codePoint > 0x20 && codePoint < 0x7f) return undefined; // stands for itself
    if (codePoint < 0x80) return alphabet[codePoint];
    const length = writeUtf8(String.fromCodePoint(codePoint), bytes);
    let characters = '';
    for (let index = 0; index < length; index++) characters += alphabet[bytes[index]!]!;
    return characters;
  });
}
