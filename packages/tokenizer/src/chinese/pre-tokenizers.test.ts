import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmenter, sentences } from '../../test/chinese/oracle.ts';
import { characterPieces, type PreTokenizer, subwordPieces, wordPieces } from './pre-tokenizers.ts';

const halves = (word: string): number[] => (word.length > 1 ? [word.length >> 1, word.length] : [1]);
const words = wordPieces(segmenter);
const characters = characterPieces();
const subwords = subwordPieces(segmenter, halves);

function texts(preTokenize: PreTokenizer, text: string): string[] {
  return preTokenize(text).map((piece) => piece.text);
}

test('pieces are words, characters or parts of words, and never white space', () => {
  const text = '我们 用GPT4写诗，\n北京大学𠮷';
  expect(texts(words, text)).toEqual(['我们', '用', 'GPT4', '写诗', '，', '北京大学', '𠮷']);
  expect(texts(characters, text)).toEqual([...'我们用', 'GPT4', ...'写诗，北京大学𠮷']);
  expect(
    texts(
      subwordPieces(segmenter, (word) =>
        [Math.min(2, word.length), word.length].slice(word.length > 2 ? 0 : 1),
      ),
      text,
    ),
  ).toEqual(['我们', '用', 'GP', 'T4', '写诗', '，', '北京', '大学', '𠮷']);
});

test('whatever the text, pieces are in order with their offsets, and only white space is left out', () => {
  const anyText = fc.array(fc.oneof(fc.constantFrom(...sentences), fc.string({ unit: 'binary' })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(anyText, fc.constantFrom(words, characters, subwords), (parts, preTokenize) => {
      const text = parts.join('');
      let end = 0;
      let left = '';
      for (const piece of preTokenize(text)) {
        expect(text.slice(piece.start, piece.end)).toBe(piece.text);
        expect(piece.start).toBeGreaterThanOrEqual(end);
        left += text.slice(end, piece.start);
        end = piece.end;
      }
      expect((left + text.slice(end)).trim()).toBe('');
    }),
  );
});

test('a cut that does not rise to the end of the word is refused', () => {
  expect(() => subwordPieces(segmenter, () => [1])('北京')).toThrow(
    'subwordPieces: cutWord must return rising ends up to 2 for "北京", got [1].',
  );
});
