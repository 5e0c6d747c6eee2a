import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digamma } from './digamma.ts';
import { Lattice } from './lattice.ts';
import { PieceTrie } from './piece-trie.ts';
import { BOUNDARY, repeatedSubstrings } from './repeated-substrings.ts';
import { type TrainUnigramEvent, trainUnigram, trainUnigramSteps } from './train-unigram.ts';
import { WordLattice } from './word-lattice.ts';

const words = new Map([
  ['▁low', 5],
  ['▁lower', 2],
  ['▁newest', 6],
  ['▁widest', 3],
  ['▁newer', 4],
]);

test('repeated substrings are those that no one character always follows, with their counts', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 9 }),
          fc.integer({ min: 1, max: 3 }),
        ),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      fc.integer({ min: 2, max: 5 }),
      (list, maxLength) => {
        const counted = new Map(list);
        const elements: number[] = [];
        const weights: number[] = [];
        const counts = new Map<string, number>();
        for (const [word, count] of counted) {
          for (const character of word) elements.push(character.charCodeAt(0));
          elements.push(BOUNDARY);
          weights.push(...Array.from(word, () => count), 0);
          for (let start = 0; start < word.length; start++) {
            for (let end = start + 1; end <= word.length; end++) {
              const part = word.slice(start, end);
              counts.set(part, (counts.get(part) ?? 0) + count);
            }
          }
        }
        const expected = [...counts].filter(
          ([part, count]) =>
            part.length >= 2 &&
            part.length <= maxLength &&
            count >= 2 &&
            ['a', 'b', 'c'].every((next) => counts.get(part + next) !== count),
        );
        const found = repeatedSubstrings(
          Int32Array.from(elements),
          Float64Array.from(weights),
          maxLength,
        ).map(
          ({ start, length, count }) =>
            [String.fromCharCode(...elements.slice(start, start + length)), count] as const,
        );
        expect(found.toSorted()).toEqual(expected.toSorted());
      },
    ),
    { numRuns: 300 },
  );
});

test('expected counts are those of all ways, weighed by their probabilities', () => {
  const pieces = ['a', 'b', 'ab', 'ba', 'aba'];
  const scores = Float64Array.of(-1, -1.5, -2, -2.2, -3);
  const trie = new PieceTrie(pieces.map((piece, id) => [piece, id]));
  const ways = new Lattice(trie, scores, -99).nbest('abaab', 100);
  const total = ways.reduce((sum, { score }) => sum + Math.exp(score), 0);
  const enumerated = new Float64Array(5);
  for (const { nodes, score } of ways)
    for (const { id } of nodes) enumerated[id]! += (3 * Math.exp(score)) / total;
  // The last two are so far off that sums of logarithms are taken.
  for (const scale of [0, 1, -200, 200]) {
    const expected = new Float64Array(5);
    const likelihood = new WordLattice(trie, pieces, scores, scale).addExpected('abaab', 3, expected);
    expect(likelihood).toBeCloseTo(Math.log(total), 10);
    expected.forEach((count, id) => {
      expect(count).toBeCloseTo(enumerated[id]!, 10);
    });
  }
});

test('digamma has its known values', () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 9);
  expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 9);
  expect(digamma(100)).toBeCloseTo(4.600161852738087, 9);
});

describe('trainUnigram', () => {
  test('ends with the size asked for, all characters, special tokens first, and the parts that words share', () => {
    const model = trainUnigram(words, { vocabSize: 18, specialTokens: ['<s>', '<unk>'] });
    expect(model.vocabSize).toBe(18);
    expect([model.idOf('<s>'), model.unknownId]).toEqual([0, 1]);
    for (const word of words.keys())
      for (const character of word) expect(model.idOf(character)).toBeDefined();
    expect(model.idOf('▁newest')).toBeDefined();
    expect(model.idOf('▁lo')).toBeUndefined(); // always goes on with w
  });

  test('the order of words does not matter, and text that is no repetition comes out as characters', () => {
    const reversed = new Map([...words].reverse());
    const options = { vocabSize: 18 };
    expect(trainUnigram(reversed, options).toJSON()).toEqual(trainUnigram(words, options).toJSON());
    const once = trainUnigram(new Map([['abc', 1]]), { vocabSize: 10 });
    expect(once.toJSON().vocab.map(([piece]) => piece)).toEqual(['<unk>', 'a', 'b', 'c']);
  });

  test('characters beyond the coverage are unknown, and pieces that may not be are none', () => {
    const rare = new Map([...words, ['▁xlow', 1]]);
    const model = trainUnigram(rare, {
      vocabSize: 30,
      characterCoverage: 0.98,
      isPiece: (piece) => !piece.includes('w'),
    });
    expect(model.idOf('x')).toBeUndefined();
    expect(model.idOf('w')).toBeDefined();
    expect(model.toJSON().vocab.filter(([piece]) => piece.length > 1 && piece.includes('w'))).toEqual([]);
  });

  test('tells of its rounds, and stops with what it has', async () => {
    const collect = async (signal?: AbortSignal): Promise<TrainUnigramEvent[]> => {
      const events: TrainUnigramEvent[] = [];
      for await (const event of trainUnigramSteps(words, { vocabSize: 12, ...(signal && { signal }) }))
        events.push(event);
      return events;
    };
    const events = await collect();
    expect(events[0]).toMatchObject({ type: 'seed-end', wordCount: 5 });
    expect(events.at(-1)).toMatchObject({ type: 'train-end', reason: 'finished' });
    expect((events.at(-1) as { model: unknown }).model).toEqual(trainUnigram(words, { vocabSize: 12 }));
    const [first, second] = events.filter((event) => event.type === 'round-end');
    expect(second!.logLikelihood).toBeGreaterThan(first!.logLikelihood);
    const stopped = await collect(AbortSignal.abort());
    expect(stopped.map(({ type }) => type)).toEqual(['seed-end', 'train-end']);
    expect(stopped.at(-1)).toMatchObject({ reason: 'aborted' });
  });

  test('says what is wrong with words and options', () => {
    expect(() => trainUnigram(new Map(), { vocabSize: 10 })).toThrow(
      'trainUnigram: words must hold at least one word',
    );
    expect(() => trainUnigram(new Map([['a', 0]]), { vocabSize: 10 })).toThrow(
      'the count of "a" must be a positive',
    );
    expect(() => trainUnigram(words, { vocabSize: 0 })).toThrow(
      'vocabSize must be a positive integer, got 0.',
    );
    expect(() => trainUnigram(words, { vocabSize: 9, shrinkingFactor: 1 })).toThrow('below 1, got 1.');
  });
});

const botchan = new URL('../../../../../../shared/data/multilingual/botchan.txt', import.meta.url);

test.skipIf(!existsSync(botchan))(
  'fits a novel better than SentencePiece does with as many pieces',
  async () => {
    const counts = new Map<string, number>();
    for (const word of readFileSync(botchan, 'utf8').normalize('NFKC').split(/\s+/)) {
      if (word) counts.set(`▁${word}`, (counts.get(`▁${word}`) ?? 0) + 1);
    }
    const isPiece = (piece: string): boolean => /^▁?(\p{L}*|[^\p{L}▁]*)$/u.test(piece);
    const special = { specialTokens: ['<unk>', '<s>', '</s>'], characterCoverage: 0.9995, isPiece };
    let last: TrainUnigramEvent | undefined;
    let rounds = 0;
    for await (const event of trainUnigramSteps(counts, { vocabSize: 4000, ...special })) {
      if (event.type === 'round-end') last = event;
      rounds++;
    }
    // spm_train 0.1.97, --vocab_size=4000, prints for its last round: size=4389 obj=8.60709 (nats per word).
    expect(rounds).toBeGreaterThan(4);
    expect(last).toMatchObject({ type: 'round-end', pieceCount: expect.closeTo(4389, -2) });
    expect((last as { logLikelihood: number }).logLikelihood).toBeGreaterThan(-8.60709);
  },
);
