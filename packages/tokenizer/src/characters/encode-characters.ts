import type { IdBuffer } from '../id-buffer.ts';
import type { WordLevelModel } from '../models/word-level.ts';

/** Appends the ids of a text's characters, for models with one token per character. */
export function encodeCharacters(text: string, model: WordLevelModel, output: IdBuffer): void {
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const id = model.characterId(codePoint);
    if (id === undefined) throw unknownCharacter(codePoint, index);
    output.push(id);
    index += codePoint > 0xffff ? 2 : 1;
  }
}

function unknownCharacter(codePoint: number, position: number): RangeError {
  const code = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return new RangeError(
    `encode: text must use only characters the tokenizer was trained on, got ${JSON.stringify(String.fromCodePoint(codePoint))} ` +
      `(U+${code}) at index ${position}. Train with { unknown: true } to give such characters a token.`,
  );
}
