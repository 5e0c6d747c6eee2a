import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OneHotView } from './one-hot.ts';
import { characterCodes, type TextUnitKind, textUnits } from './text-units.ts';
import { buildVocabulary, Vocabulary, type VocabularyJson } from './vocabulary.ts';

const texts = (text: string, kind: TextUnitKind, locale?: string) =>
  textUnits(text, kind, locale === undefined ? {} : { locale }).map((unit) => unit.text);

describe('textUnits', () => {
  it('cuts into bytes, code points, graphemes and words', () => {
    expect(texts('é词', 'byte')).toEqual(['c3', 'a9', 'e8', 'af', '8d']);
    expect(texts('👍🏽e\u0301', 'code-point')).toEqual(['👍', '🏽', 'e', '\u0301']);
    expect(texts('👍🏽e\u0301\r\n', 'grapheme')).toEqual(['👍🏽', 'e\u0301', '\r\n']);
    expect(texts("Don't panic, 42.5!", 'word')).toEqual(["Don't", ' ', 'panic', ',', ' ', '42.5', '!']);
    const words = textUnits('我爱北京', 'word', { locale: 'zh' });
    expect(words.every(({ isWord }) => isWord)).toBe(true);
    expect(words.map(({ text }) => text)).toContain('北京');
    expect(() => textUnits('a', 'syllable' as 'word')).toThrow(
      'textUnits: kind must be byte, code-point, grapheme or word, got "syllable".',
    );
  });

  it('loses nothing: units lie one after the other and are what the text has there', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom<TextUnitKind[]>('code-point', 'grapheme', 'word'),
        (text, kind) => {
          const units = textUnits(text, kind);
          let end = 0;
          for (const unit of units) {
            expect(unit.start).toBe(end);
            expect(text.slice(unit.start, unit.end)).toBe(unit.text);
            end = unit.end;
          }
          expect(end).toBe(text.length);
        },
      ),
      { numRuns: 300 },
    );
    expect(texts('a\ud800b', 'code-point')).toEqual(['a', '\ufffd', 'b']);
    expect([...characterCodes('Hi 词👍')]).toEqual([72, 105, 32, 0x8bcd, 0x1f44d]);
  });
});

describe('Vocabulary', () => {
  it('gives frequent units small ids, and equals their order', () => {
    const vocabulary = buildVocabulary('the cat and the hat'.split(' '), {
      specialTokens: ['<pad>'],
      unknownToken: '<unk>',
    });
    expect(vocabulary.tokens).toEqual(['<pad>', '<unk>', 'the', 'and', 'cat', 'hat']);
    expect(['the', 'hat', '<pad>', 'dog'].map((token) => vocabulary.countOf(token))).toEqual([2, 1, 0, 0]);
    expect([...vocabulary.encode(['the', 'dog', 'hat'])]).toEqual([2, 1, 5]);
    expect(vocabulary.decode([5, 1])).toEqual(['hat', '<unk>']);
    expect(vocabulary.has('dog')).toBe(false);
  });

  it('leaves out what is rare or beyond its size', () => {
    expect(buildVocabulary('aaabbc', { minFrequency: 2 }).tokens).toEqual(['a', 'b']);
    expect(buildVocabulary('aaabbc', { maxSize: 2, unknownToken: '?' }).tokens).toEqual(['?', 'a']);
    expect(() => buildVocabulary('a', { minFrequency: 0 })).toThrow(
      'buildVocabulary: minFrequency must be an integer of at least 1, got 0.',
    );
    expect(() => buildVocabulary('a', { maxSize: 0, unknownToken: '?' })).toThrow('at least 1, got 0');
  });

  it('names what it does not have', () => {
    const vocabulary = buildVocabulary('ab');
    expect(() => vocabulary.idOf('c')).toThrow('one of the 2 that the vocabulary has, got "c"');
    expect(() => vocabulary.tokenOf(2)).toThrow('id must be at least 0 and below 2, got 2.');
  });

  it('is the same after JSON, and refuses JSON that is none', () => {
    const vocabulary = buildVocabulary(['__proto__', 'b', 'b'], { unknownToken: '' });
    const again = new Vocabulary(JSON.parse(JSON.stringify(vocabulary)) as VocabularyJson);
    expect(again.toJSON()).toEqual(vocabulary.toJSON());
    expect([...again.encode(['b', '__proto__', 'c'])]).toEqual([1, 2, 0]);
    expect(() => new Vocabulary({ tokens: ['a', 'a'], unknownToken: null, counts: [1, 1] })).toThrow(
      'got "a" twice',
    );
    expect(() => new Vocabulary({ tokens: ['a'], unknownToken: 'b', counts: [1] })).toThrow('got "b"');
    expect(() => new Vocabulary({ tokens: ['a'], unknownToken: null, counts: [] })).toThrow(
      'counts must be 1 integers',
    );
  });
});

describe('OneHotView', () => {
  it('has a one in each row, and its product with a matrix picks the rows of the matrix', () => {
    const view = new OneHotView([2, 0], 3);
    expect(view.shape).toEqual([2, 3]);
    expect([...view.toArray()]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([...view.row(1)]).toEqual([1, 0, 0]);
    expect([view.at(0, 2), view.at(0, 0)]).toEqual([1, 0]);
    const matrix = Float32Array.of(1, 2, 3, 4, 5, 6); // [3, 2]
    expect([...view.multiply(matrix, 2)]).toEqual([5, 6, 1, 2]);
    expect(() => view.multiply(matrix, 3)).toThrow('matrix must have 3 rows of 3, got 6 elements.');
    expect(() => new OneHotView([0, 3], 3)).toThrow(
      'ids[1] must be an integer of at least 0 and below 3, got 3.',
    );
    expect(() => view.row(2)).toThrow('row must be at least 0 and below 2, got 2.');
  });
});
