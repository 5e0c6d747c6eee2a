import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmenter, sentences } from '../../../test/chinese/oracle.ts';
import { addWords } from '../dictionary/change-dictionary.ts';
import { createChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { parseChineseDictionary } from '../dictionary/dictionary-text.ts';
import { DictionarySegmenter } from './dictionary-segmenter.ts';

const small = new DictionarySegmenter(
  parseChineseDictionary('研究 50 v\n研究生 10 n\n生命 40 n\n命 5 n\n起源 20 n\n生 8 v\n的 100 uj\n\n'),
);
const anyText = fc.array(fc.oneof(fc.constantFrom(...sentences), fc.string({ unit: 'binary' })), {
  maxLength: 5,
});

test('the likeliest route is taken: 研究|生命 is likelier than 研究生|命', () => {
  // 50/233 · 40/233 = 0.037 against 10/233 · 5/233 = 0.0009
  expect(small.segment('研究生命的起源')).toEqual(['研究', '生命', '的', '起源']);
});

test('every mode has its offsets', () => {
  expect(small.segmentWithOffsets('研究生x', { mode: 'full' })).toEqual([
    { text: '研究', start: 0, end: 2 },
    { text: '研究生', start: 0, end: 3 },
    { text: '生', start: 2, end: 3 },
    { text: 'x', start: 3, end: 4 },
  ]);
  expect(small.segmentWithOffsets('的研究生', { mode: 'search' })).toEqual([
    { text: '的', start: 0, end: 1 },
    { text: '研究', start: 1, end: 3 },
    { text: '研究生', start: 1, end: 4 },
  ]);
  expect(small.tag('研究GPT4和12')).toEqual([
    { text: '研究', start: 0, end: 2, tag: 'v' },
    { text: 'GPT4', start: 2, end: 6, tag: 'eng' },
    { text: '和', start: 6, end: 7, tag: 'x' },
    { text: '12', start: 7, end: 9, tag: 'm' },
  ]);
});

test('whatever the text, words join to it, offsets are right and surrogate pairs whole', () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (parts, unknownWords) => {
      const text = parts.join('');
      expect(segmenter.segment(text, { unknownWords }).join('')).toBe(text);
      const boundaries = segmenter.boundaries(text, { unknownWords });
      expect(boundaries.at(-1) ?? 0).toBe(text.length);
      for (const mode of ['default', 'full', 'search'] as const) {
        const covered = new Set<number>();
        for (const piece of segmenter.segmentWithOffsets(text, { mode, unknownWords })) {
          expect(text.slice(piece.start, piece.end)).toBe(piece.text);
          expect(
            /^[\udc00-\udfff]/.test(piece.text) && /[\ud800-\udbff]$/.test(text.slice(0, piece.start)),
          ).toBe(false);
          for (let place = piece.start; place < piece.end; place++) covered.add(place);
        }
        expect(covered.size).toBe(text.length);
      }
    }),
    { numRuns: 300 },
  );
});

describe.each([
  ['one letter', 'a'],
  ['one character', '研'],
  ['a character that no word has', '龘'],
  ['a character of two code units', '𠮷'],
  ['halves of characters', '\ud83d'],
  ['NUL', '\0'],
  ['what holds words together', '+'],
  ['digits and points', '1.'],
  ['words side by side', '研究生命的起源龘'],
  ['all of it', '研a究1龘\ud83d。𠮷クк\u0301👩‍👧'],
])('a long text without a break, of %s', (_, part) => {
  const text = part.repeat(Math.ceil(60_000 / part.length));

  test('is cut in every mode, and nothing of it is lost', () => {
    expect(segmenter.boundaries(text).at(-1)).toBe(text.length);
    expect(segmenter.segment(text).join('')).toBe(text);
    let end = 0;
    let gaps = 0;
    for (const mode of ['full', 'search'] as const) {
      end = 0;
      for (const piece of segmenter.segmentWithOffsets(text, { mode })) {
        if (piece.start > end || text.slice(piece.start, piece.end) !== piece.text) gaps++;
        end = Math.max(end, piece.end);
      }
      expect([gaps, end]).toEqual([0, text.length]);
    }
    expect(segmenter.tag(text).at(-1)!.end).toBe(text.length);
  });
});

test('a dictionary of fifty thousand words of one’s own', () => {
  const word = (index: number) =>
    String.fromCharCode(0x4e00 + (index % 9000), 0x4e00 + ((index * 7) % 9000), 0x9fff - (index >> 10));
  const words = Array.from({ length: 50_000 }, (_, index) => word(index));
  const mine = segmenter.withDictionary(addWords(segmenter.dictionary, words));
  for (const index of [0, 7, 49_999]) expect(mine.segment(words[index]!)).toEqual([words[index]]);
});

test('words that are too long are refused', () => {
  expect(() => addWords(segmenter.dictionary, ['长'.repeat(65_536)])).toThrow(
    'addWords: word must have 1 to 65535 code units, got 65536 ("长长',
  );
  expect(() => createChineseDictionary([{ word: '', frequency: 1, tag: '' }])).toThrow(
    'createChineseDictionary: word must have 1 to 65535 code units, got 0 ("").',
  );
});

test('what is not a text, or no mode, is refused by name', () => {
  expect(() => small.segment(7 as unknown as string)).toThrow('segment: text must be a string, got 7.');
  expect(() => small.segment('', { mode: 'all' as 'full' })).toThrow(
    'segmentWithOffsets: mode must be "default", "full" or "search", got "all".',
  );
});
