import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  doesNotMatch,
  evaluateAnalogies,
  evaluateWordPairs,
  mostSimilar,
  parseAnalogies,
  parseWordPairs,
  rankOf,
  setSimilarity,
  type WordVectors,
  wordMoversDistance,
} from '../src/index.ts';
import { readWordVectorsFile } from '../src/node.ts';

// What gensim 4.2 says of the same vectors: fixtures/save-gensim.py.
const gensim = JSON.parse(await readFile(new URL('../fixtures/gensim.json', import.meta.url), 'utf8'));

const data = process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const file = `${data}/glove-100d/glove.100d.5k.txt`;
const present = existsSync(file);
const vectors = present ? await readWordVectorsFile(file) : (undefined as unknown as WordVectors);
const text = (name: string) => readFile(`${data}/${name}`, 'utf8');

describe.skipIf(!present)('5 000 GloVe vectors, as gensim has them', () => {
  test('word pairs: Spearman, Pearson, unknown words', async () => {
    const pairs = parseWordPairs(await text('word-similarity-en/wordsim353.tsv'));
    expect(pairs).toHaveLength(353);
    const options = {
      default: {},
      zero: { unknown: 'zero' },
      first2000: { limit: 2000 },
      caseSensitive: { caseSensitive: true },
    } as const;
    for (const [name, expected] of Object.entries<Record<string, number>>(gensim.wordsim)) {
      const result = evaluateWordPairs(vectors, pairs, options[name as keyof typeof options]);
      expect(result.spearman).toBeCloseTo(expected.spearman!, 5);
      expect(result.pearson).toBeCloseTo(expected.pearson!, 6);
      expect((100 * result.unknown) / 353).toBeCloseTo(expected.unknownPercent!, 8);
    }
  });

  test("Google's analogies, section by section", async () => {
    const sections = parseAnalogies(await text('word-similarity-en/questions-words.txt'));
    expect(sections.reduce((sum, { analogies }) => sum + analogies.length, 0)).toBe(19_544);
    const options = { default: {}, zero: { unknown: 'zero' }, first3000: { limit: 3000 } } as const;
    for (const [name, expected] of Object.entries<{ accuracy: number; sections: unknown }>(gensim.google)) {
      const result = evaluateAnalogies(vectors, sections, options[name as keyof typeof options]);
      expect(result.sections.map(({ name: section, correct, total }) => [section, correct, total])).toEqual(
        expected.sections,
      );
      expect(result.accuracy).toBeCloseTo(expected.accuracy, 12);
    }
  });

  test('nearest words: sums, weights, products, the first words alone', () => {
    const found = {
      mostSimilar: mostSimilar(vectors, ['king', 'woman'], { negative: ['man'], count: 8 }),
      weighted: mostSimilar(
        vectors,
        [
          ['king', 0.5],
          ['france', 2],
        ],
        { negative: [['england', -1.5]], count: 5 },
      ),
      first1000: mostSimilar(vectors, 'king', { count: 5, limit: 1000 }),
      multiplied: mostSimilar(vectors, ['king', 'woman'], {
        negative: ['man'],
        objective: 'multiply',
        count: 8,
      }),
    };
    for (const [name, words] of Object.entries(found)) {
      const expected = gensim[name] as [string, number][];
      expect(words.map(({ word }) => word)).toEqual(expected.map(([word]) => word));
      for (const [rank, { similarity }] of words.entries())
        expect(similarity).toBeCloseTo(expected[rank]![1], 5);
    }
  });

  test('odd words, ranks, sets', () => {
    for (const [words, odd] of gensim.odd as [string[], string][]) {
      const known = words.filter((word) => vectors.has(word)); // gensim passes over others
      expect(doesNotMatch(vectors, known)).toBe(odd);
    }
    for (const [word, other, rank] of gensim.ranks) expect(rankOf(vectors, word, other)).toBe(rank);
    expect(setSimilarity(vectors, ['food', 'shop'], ['japanese', 'restaurant'])).toBeCloseTo(
      gensim.setSimilarity,
      6,
    );
  });

  test("word mover's distances are those of a linear program", () => {
    for (const [left, right, distance] of gensim.moversDistances) {
      const [first, second] = [gensim.documents[left], gensim.documents[right]];
      expect(wordMoversDistance(vectors, first, second)).toBeCloseTo(distance, 6);
      expect(wordMoversDistance(vectors, second, first)).toBeCloseTo(distance, 6);
    }
  });
});
