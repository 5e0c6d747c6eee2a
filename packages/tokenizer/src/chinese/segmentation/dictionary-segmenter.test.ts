import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmenter, sentences } from '../../../test/chinese/oracle.ts';
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

test('a long text without a space is cut in one go', () => {
  const text = '研究生命的起源龘'.repeat(40_000);
  expect(segmenter.boundaries(text).at(-1)).toBe(text.length);
});

test('what is not a text, or no mode, is refused by name', () => {
  expect(() => small.segment(7 as unknown as string)).toThrow('segment: text must be a string, got 7.');
  expect(() => small.segment('', { mode: 'all' as 'full' })).toThrow(
    'segmentWithOffsets: mode must be "default", "full" or "search", got "all".',
  );
});
