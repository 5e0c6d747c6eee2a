import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pearson, ranksOf, spearman } from '../src/evaluation/ranks.ts';
import {
  doesNotMatch,
  ExactIndex,
  embeddingMatrix,
  evaluateAnalogies,
  evaluateWordPairs,
  intersectVocabularies,
  lookUp,
  meanVector,
  mergeVocabularies,
  mostSimilar,
  nearerThan,
  parseAnalogies,
  parseWordPairs,
  rankOf,
  restrictVocabulary,
  WordVectors,
  wordMoversDistance,
  wordSimilarity,
} from '../src/index.ts';
import { createRandomSource } from '../src/random-source.ts';
import { transportCost } from '../src/vectors/transport.ts';

// Royalty, sex, fruit.
const vectors = new WordVectors(
  ['man', 'woman', 'king', 'queen', 'apple', 'pear'],
  Float32Array.of(0, 1, 0, 0, -1, 0, 1, 1, 0, 1, -1, 0, 0, 0.1, 1, 0.1, -0.1, 1),
  3,
);

test('man is to king as woman is to queen', () => {
  const options = { negative: ['man'], count: 1 };
  expect(mostSimilar(vectors, ['king', 'woman'], options)[0]!.word).toBe('queen');
  expect(mostSimilar(vectors, ['king', 'woman'], { ...options, objective: 'multiply' })[0]!.word).toBe(
    'queen',
  );
  expect(mostSimilar(vectors, [[0, 0, 2]], { count: 2 }).map(({ word }) => word)).toEqual(['apple', 'pear']);
  const index = new ExactIndex(vectors, { precision: 'int8' });
  expect(mostSimilar(vectors, ['king', 'woman'], { ...options, index })[0]!.word).toBe('queen');
  expect(mostSimilar(vectors, 'king', { count: 99 })).toHaveLength(5);
});

test('questions that cannot be answered are refused', () => {
  expect(() => mostSimilar(vectors, 'ruler')).toThrow('no vector of "ruler"');
  expect(() => mostSimilar(vectors, [])).toThrow('must hold a word or a vector, got none');
  expect(() => mostSimilar(vectors, [[1, 2]])).toThrow('a vector must have 3 numbers, got 2');
  expect(() => mostSimilar(vectors, [['king', Number.NaN]])).toThrow('a weight must be a finite number');
  expect(() => mostSimilar(vectors, 'king', { count: 2.5 })).toThrow(
    'count must be an integer of at least 1, got 2.5',
  );
  const index = new ExactIndex(vectors);
  expect(() => mostSimilar(vectors, 'king', { index, limit: 3 })).toThrow('without a limit');
  expect(() => doesNotMatch(vectors, [])).toThrow('must not be empty');
});

test('the odd word, the nearer words, and ranks', () => {
  expect(doesNotMatch(vectors, ['king', 'man', 'apple'])).toBe('apple');
  expect(nearerThan(vectors, 'king', 'apple')).toEqual(['man']);
  expect(rankOf(vectors, 'king', 'man')).toBe(1);
  expect(wordSimilarity(vectors, 'man', 'woman')).toBe(-1);
});

test('a table of 4096 × 512 looked up by ids equals its product with one-hot vectors', () => {
  const random = createRandomSource(7);
  const [rows, size] = [4096, 512];
  const words = Array.from({ length: rows }, (_, row) => `w${row}`);
  const table = new WordVectors(
    words,
    Float32Array.from({ length: rows * size }, () => random() - 0.5),
    size,
  );
  const ids = [0, 4095, 17, 17, 2048];
  const product = new Float32Array(ids.length * size);
  for (const [at, id] of ids.entries()) {
    for (let row = 0; row < rows; row++) {
      const hot = row === id ? 1 : 0;
      for (let column = 0; column < size; column++) {
        product[at * size + column]! += hot * table.table[row * size + column]!;
      }
    }
  }
  expect(lookUp(table, ids)).toEqual(product);
  expect(() => lookUp(table, [4096])).toThrow('rows must be from 0 to 4095, got 4096 at 0');
});

test('an embedding layer begins with the vectors of its words, and draws like them for others', () => {
  const vocabulary = ['<pad>', 'King', 'queen', ...Array.from({ length: 4000 }, (_, at) => `new${at}`)];
  const options = { seed: 3, zero: ['<pad>'], fallbacks: (word: string) => [word.toLowerCase()] };
  const { table, size, found } = embeddingMatrix(vectors, vocabulary, options);
  expect(found.slice(0, 4)).toEqual([false, true, true, false]);
  expect(Array.from(table.subarray(0, 3 * size))).toEqual([0, 0, 0, 1, 1, 0, 1, -1, 0]);
  const second = Array.from({ length: 4000 }, (_, at) => table[(at + 3) * size + 1]!);
  const mean = second.reduce((sum, x) => sum + x) / 4000;
  expect(Math.abs(mean)).toBeLessThan(0.06); // of 1 and −1, with deviation 1
  expect(Math.sqrt(second.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4000)).toBeCloseTo(1, 1);
  expect(embeddingMatrix(vectors, vocabulary, options).table).toEqual(table);
  expect(embeddingMatrix(vectors, vocabulary, { ...options, seed: 4 }).table).not.toEqual(table);
});

test('vocabularies are restricted, intersected and merged, each word with its own vector', () => {
  const other = new WordVectors(['plum', 'queen'], Float32Array.of(1, 2, 3, 4, 5, 6), 3);
  expect(restrictVocabulary(vectors, ['pear', 'kiwi', 'man', 'pear']).words).toEqual(['pear', 'man']);
  const [left, right] = intersectVocabularies(vectors, other);
  expect([left.words, right.words]).toEqual([['queen'], ['queen']]);
  expect(right.vectorOf('queen')).toEqual(Float32Array.of(4, 5, 6));
  const merged = mergeVocabularies(other, vectors);
  expect(merged.words).toEqual(['plum', 'queen', 'man', 'woman', 'king', 'apple', 'pear']);
  expect(merged.vectorOf('queen')).toEqual(Float32Array.of(4, 5, 6));
  const wide = new WordVectors(['a'], new Float32Array(4), 4);
  expect(() => mergeVocabularies(vectors, wide)).toThrow('must have one size, got 3 and 4');
});

test('means leave out unknown words, or refuse them', () => {
  expect(Array.from(meanVector(vectors, ['king', 'queen', 'kiwi']))).toEqual([1, 0, 0]);
  expect(Array.from(meanVector(vectors, ['kiwi']))).toEqual([0, 0, 0]);
  expect(() => meanVector(vectors, ['kiwi'], { unknown: 'refuse' })).toThrow('no vector of "kiwi"');
});

test("the word mover's distance is 0 for the same words, infinite for unknown ones, and that of the only plan between words", () => {
  expect(wordMoversDistance(vectors, ['king', 'man'], ['man', 'king'])).toBe(0);
  expect(wordMoversDistance(vectors, ['king'], ['kiwi'])).toBe(Infinity);
  expect(wordMoversDistance(vectors, ['man', 'man'], ['man', 'woman'])).toBeCloseTo(1, 12); // half of it, by 2
  expect(wordMoversDistance(vectors, ['king'], ['queen'], { normalize: false })).toBeCloseTo(2, 12);
});

test('transport costs what the best of all permutations costs', () => {
  const permutations = (items: number[]): number[][] =>
    items.length < 2
      ? [items]
      : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
  const costs = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 25, maxLength: 25 });
  fc.assert(
    fc.property(costs, fc.integer({ min: 1, max: 3 }), (numbers, mass) => {
      const matrix = [0, 1, 2, 3, 4].map((row) => Float64Array.from(numbers.slice(5 * row, 5 * row + 5)));
      const best = Math.min(
        ...permutations([0, 1, 2, 3, 4]).map((order) =>
          order.reduce((sum, to, from) => sum + matrix[from]![to]!, 0),
        ),
      );
      const masses = [0, 1, 2, 3, 4].map(() => mass);
      expect(transportCost(masses, masses, matrix)).toBeCloseTo(best * mass, 9);
    }),
  );
});

test('ranks of equal values are their mean, and correlations those of the textbooks', () => {
  expect(Array.from(ranksOf([10, 20, 20, 5]))).toEqual([2, 3.5, 3.5, 1]);
  expect(spearman([1, 2, 3, 4], [1, 4, 9, 16])).toBeCloseTo(1, 12);
  expect(pearson([1, 2, 3], [2, 4, 5])).toBeCloseTo(0.981_980_506, 8);
  expect(pearson([1, 1], [1, 2])).toBeNaN();
});

test('sets of pairs are read with tabs, commas or spaces, with comments and with named columns', () => {
  const pair = { left: 'old', right: 'new', score: 1.58 };
  expect(parseWordPairs('# WordSim\nold\tnew\t1.58\n')).toEqual([pair]);
  expect(parseWordPairs('\ufeffWord 1,Word 2,Human (mean)\r\nold,new,1.58\r\n')).toEqual([pair]);
  expect(parseWordPairs('word1\tword2\tPOS\tSimLex999\told\nold\tnew\tA\t1.58\t2')).toEqual([pair]);
  expect(parseWordPairs('李白\t诗\t9.2\n李白 诗 9.2')).toHaveLength(2);
  expect(() => parseWordPairs('a b 1\nc d\n')).toThrow('line 2 must hold two words and a number, got "c d"');
});

test('pairs and analogies are counted as their options say', () => {
  const pairs = parseWordPairs('KING queen 9\nking apple 1\nman kiwi 5\nman woman 2');
  expect(evaluateWordPairs(vectors, pairs)).toMatchObject({ pairs: 3, unknown: 1 });
  expect(evaluateWordPairs(vectors, pairs, { unknown: 'zero' })).toMatchObject({ pairs: 4, unknown: 1 });
  expect(evaluateWordPairs(vectors, pairs, { caseSensitive: true })).toMatchObject({ pairs: 2, unknown: 2 });
  expect(() => evaluateWordPairs(vectors, pairs, { limit: 1 })).toThrow('none of 4 has');
  const sections = parseAnalogies(': royal\nman king woman queen\nman king woman kiwi\n: none\n');
  const { accuracy, total, unknown, sections: scores } = evaluateAnalogies(vectors, sections);
  expect([accuracy, total, unknown]).toEqual([1, 1, 1]);
  expect(scores[1]).toMatchObject({ name: 'none', total: 0, accuracy: Number.NaN });
  expect(evaluateAnalogies(vectors, sections, { unknown: 'zero' }).accuracy).toBe(0.5);
  expect(evaluateAnalogies(vectors, sections, { objective: 'multiply' }).accuracy).toBe(1);
  expect(() => parseAnalogies('a b c d')).toThrow('line 1 must follow the name of a section');
  expect(() => parseAnalogies(': x\na b c')).toThrow('line 2 must hold four words, got "a b c"');
});
