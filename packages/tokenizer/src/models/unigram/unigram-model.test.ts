import fc from 'fast-check';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { IdBuffer } from '../../id-buffer.ts';
import { createRandomSource } from '../../random-source.ts';
import { TokenSpans } from '../token-spans.ts';
import { type ScoredPiece, UnigramModel } from './unigram-model.ts';

const bytes = Array.from(
  { length: 256 },
  (_, byte): ScoredPiece => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, -9],
);
const pieces: ScoredPiece[] = [
  ['<unk>', 0],
  ['a', -2],
  ['ab', -2.5],
  ['b', -2],
  ['abc', -3.1],
  ['bc', -2.5],
  ['中', -4],
  ['中文', -4.5],
  ['ca', -3.9],
  ['xy', -60], // less likely than two unknown characters
];

/** Ids, tokens and places of a word, by both encoding methods, which must agree. */
function tokensOf(
  model: UnigramModel,
  word: string,
  seed = 0,
): [ids: number[], tokens: string[], offsets: number[][]] {
  const ids = new IdBuffer(4);
  model.encode(word, ids, createRandomSource(seed));
  const spans = new TokenSpans();
  model.encodeSpans(word, spans, createRandomSource(seed));
  expect([...ids.toArray()]).toEqual(spans.ids);
  const offsets = spans.starts.map((start, index) => [start, spans.ends[index]!]);
  return [spans.ids, spans.ids.map((id, index) => spans.texts.get(index) ?? model.tokenOf(id)!), offsets];
}

describe('UnigramModel', () => {
  test.each([
    ['unknown tokens', new UnigramModel(pieces, { unknownId: 0 })],
    ['bytes', new UnigramModel([...pieces, ...bytes], { unknownId: 0, byteFallback: true })],
    [
      'too few bytes',
      new UnigramModel([...pieces, ...bytes.slice(0, 100)], { unknownId: 0, byteFallback: true }),
    ],
  ])('tokens are those of Hugging Face, with %s', async (_, model) => {
    const peer = huggingFace.Tokenizer.fromString(
      JSON.stringify({ version: '1.0', added_tokens: [], model: model.toJSON() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'aabbcc中文xyü'), minLength: 1, maxLength: 12 }),
        async (word) => {
          const encoding = await peer.encode(word);
          expect(tokensOf(model, word)).toEqual([
            encoding.getIds(),
            encoding.getTokens(),
            encoding.getOffsets(),
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('characters beyond U+FFFF are one, and equal unlikely ones are one unknown token', () => {
    const model = new UnigramModel(pieces, { unknownId: 0 });
    expect(tokensOf(model, 'a😀😀b')).toEqual([
      [1, 0, 3],
      ['a', '😀😀', 'b'],
      [
        [0, 1],
        [1, 5],
        [5, 6],
      ],
    ]);
  });

  test('the best ways come in order, and are all there are', () => {
    const model = new UnigramModel(pieces, { unknownId: 0 });
    const texts = (count: number) =>
      model
        .nbest('abca', count)
        .map(({ nodes }) => nodes.map(({ id }) => model.tokenOf(id) ?? '?').join(' '));
    // By hand: a −2, b −2, ab −2.5, bc −2.5, abc −3.1, ca −3.9, an unknown character −70.
    expect(texts(10)).toEqual(['abc a', 'ab ca', 'a bc a', 'a b ca', 'ab ? a', 'a b ? a']);
    expect(texts(2)).toEqual(['abc a', 'ab ca']);
    expect(model.nbest('abca', 10).map(({ score }) => score)).toEqual(
      [-5.1, -6.4, -6.5, -7.9, -74.5, -76].map((score) => expect.closeTo(score, 9)),
    );
  });

  test.each([-1, 3])('draws in proportion to probabilities, among %d', (nbestSize) => {
    const model = new UnigramModel(pieces, { unknownId: 0, sampling: { alpha: 0.5, nbestSize } });
    expect(model.isRandom).toBe(true);
    const ways = model.nbest('abca', nbestSize < 0 ? 100 : nbestSize);
    const weights = ways.map(({ score }) => Math.exp(0.5 * score));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 4000; seed++) {
      const way = tokensOf(model, 'abca', seed)[1].join(' ');
      counts.set(way, (counts.get(way) ?? 0) + 1);
    }
    ways.forEach(({ nodes }, index) => {
      const way = nodes.map(
        ({ id, start, length }) => model.tokenOf(id) ?? 'abca'.slice(start, start + length),
      );
      const share = (counts.get(way.join(' ')) ?? 0) / 4000;
      expect(Math.abs(share - weights[index]! / total), way.join(' ')).toBeLessThan(0.025); // three deviations
    });
  });

  test('a long word takes time that grows with its length only', () => {
    const model = new UnigramModel(pieces, { unknownId: 0 });
    expect(tokensOf(model, 'abcab'.repeat(40_000))[0]).toHaveLength(80_000);
  });

  test('says what is wrong with scores, ids and options, and with a character it does not have', () => {
    expect(() => new UnigramModel([['a', Number.NaN]], { unknownId: null })).toThrow(
      'UnigramModel: the score of "a" must be a finite number, got NaN.',
    );
    expect(() => new UnigramModel(pieces, { unknownId: 10 })).toThrow('at least 0 and below 10, got 10');
    expect(() => new UnigramModel(pieces, { unknownId: 0, sampling: { alpha: 1, nbestSize: 0 } })).toThrow(
      'got 0',
    );
    expect(() => tokensOf(new UnigramModel([['a', -1]], { unknownId: null }), 'ab')).toThrow(
      'encode: text must hold only characters that the vocabulary covers, got "b". Give the model an unknown token.',
    );
  });
});
