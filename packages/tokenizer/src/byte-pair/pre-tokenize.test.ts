import fc from 'fast-check';
import tokenizers from 'tokenizers';
import { expect, test } from 'vitest';
import { createByteAlphabet, tokenBytes } from './byte-alphabet.ts';
import { pieceEnd } from './pre-tokenize.ts';
import { unicodeClassRuns } from './unicode-classes.ts';

function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

const alphabet = createByteAlphabet();
const peer = tokenizers.byteLevelPreTokenizer(false);

function cutByHuggingFace(text: string): string[] {
  return peer
    .preTokenizeString(text)
    .map(([piece]) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(tokenBytes(piece, alphabet)));
}

test.each([
  ["We'll see, it's 2024!", ['We', "'ll", ' see', ',', ' it', "'s", ' 2024', '!']],
  ["'sail 'Sail x'S", ["'s", 'ail', " '", 'Sail', ' x', "'", 'S']],
  ["'r 'l 'v", ["'", 'r', " '", 'l', " '", 'v']],
  ['a  b', ['a', ' ', ' b']],
  ['a\n\n b \n', ['a', '\n\n', ' b', ' \n']],
  ['a\n\nb', ['a', '\n', '\n', 'b']],
  ['a\u0085b\u00a0 c', ['a', '\u0085', 'b', '\u00a0', ' c']],
  ['\ufeffa \ufeff', ['\ufeff', 'a', ' \ufeff']],
  ['中文，汉字 𠀀𠀁1½', ['中文', '，', '汉字', ' 𠀀𠀁', '1½']],
  ['é e\u0301', ['é', ' e', '\u0301']],
])('%j is cut as GPT-2 cuts it', (text, pieces) => {
  expect(cut(text)).toEqual(pieces);
  expect(cutByHuggingFace(text)).toEqual(pieces);
});

test('letters, numbers and white space begin and end where the reference has them', () => {
  let border = 0;
  let text = '';
  for (const [, length] of unicodeClassRuns.matchAll(/[LNOS]([0-9a-z]+)/g)) {
    border += Number.parseInt(length!, 36);
    for (const codePoint of [border - 1, border]) {
      if (codePoint < 0xd800 || codePoint > 0xdfff) {
        const character = String.fromCodePoint(codePoint);
        text += `a${character}1${character}!${character}\n`;
      }
    }
  }
  expect(cut(text)).toEqual(cutByHuggingFace(text));
});

test('any text is cut as Hugging Face cuts it', () => {
  const character = fc.oneof(
    fc.constantFrom(..." \n\t\r'stremvld.1-\u0085\u00a0\u3000\ufeff\u200b中é½\u0301", '👋', '𠀀'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(character, { maxLength: 40 }), (characters) => {
      const text = characters.join('');
      expect(cut(text)).toEqual(cutByHuggingFace(text));
    }),
    { numRuns: 500 },
  );
});
