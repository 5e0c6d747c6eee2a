import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetricGoldens } from '../../../test/metric-goldens.ts';
import { sentenceBleu } from './bleu.ts';
import { distinctNgrams, selfBleu } from './diversity.ts';
import { editCounts, editDistance } from './edit-distance.ts';
import { CorpusErrorRate, characterErrorRate, wordErrorRate } from './error-rate.ts';

const goldens = readMetricGoldens();

test('edit distances are those of python-Levenshtein', () => {
  for (const { a, b, distance } of goldens.edits) expect(editDistance(a, b)).toBe(distance);
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('a😀', 'a😁')).toBe(1);
  expect(editDistance([1, 2, 3], [2, 3])).toBe(1);
});

test('edits account for every item of both sides', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (hypothesis, reference) => {
      const { hits, substitutions, insertions, deletions } = editCounts(hypothesis, reference);
      for (const count of [hits, substitutions, insertions, deletions])
        expect(count).toBeGreaterThanOrEqual(0);
      expect(hits + substitutions + insertions).toBe(hypothesis.length);
      expect(hits + substitutions + deletions).toBe(reference.length);
      expect(editDistance(hypothesis, reference)).toBe(editDistance(reference, hypothesis));
    }),
  );
});

test('word and character error rates are edits per item of all references', () => {
  const result = wordErrorRate(['the cat sat down', 'hello'], ['the cat sits', 'hello  big world']);
  expect(result).toEqual({ rate: 4 / 6, hits: 3, substitutions: 1, insertions: 1, deletions: 2 });
  expect(characterErrorRate(['天气好'], ['天气很好']).rate).toBe(1 / 4);
  const corpus = new CorpusErrorRate('word').add('the cat sat down', 'the cat sits').add('', '');
  expect(corpus.add('hello', 'hello  big world').score()).toEqual(result);
  expect(() => new CorpusErrorRate('line' as 'word')).toThrow('unit must be word or character, got line');
  expect(() => wordErrorRate(['a'], [' '])).toThrow('references must not all be empty');
  expect(() => wordErrorRate(['a'], [])).toThrow('one text for each of 1 hypotheses, got 0');
});

test('distinct-n is the share of different n-grams over all texts', () => {
  expect(
    distinctNgrams(
      [
        ['a', 'b', 'a'],
        ['a', 'b'],
      ],
      1,
    ),
  ).toBe(2 / 5);
  expect(
    distinctNgrams(
      [
        ['a', 'b', 'a'],
        ['a', 'b'],
      ],
      2,
    ),
  ).toBe(2 / 3);
  expect(distinctNgrams([['a']], 2)).toBe(0);
  expect(() => distinctNgrams([], 0)).toThrow('size must be a positive integer, got 0');
});

test('self-BLEU is the mean BLEU of each text against the others', () => {
  expect(selfBleu(goldens.bleu.hypotheses, { tokenizer: 'none' })).toBeCloseTo(100 * goldens.bleu.self, 9);
  const word = fc.constantFrom('a', 'b', 'c');
  const text = fc.array(word, { maxLength: 8 }).map((words) => ['a', ...words].join(' '));
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 8 }), (texts) => {
      const scores = texts.map((own, index) => sentenceBleu(own, texts.toSpliced(index, 1)).score);
      const mean = scores.reduce((sum, score) => sum + score, 0) / texts.length;
      expect(selfBleu(texts)).toBeCloseTo(mean, 9);
    }),
  );
  expect(() => selfBleu(['a'])).toThrow('texts must be at least 2, got 1');
});
