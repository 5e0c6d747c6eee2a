import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCompact, encodeCompact, maximumLikelihood, trainNgramModel } from '../src/index.ts';
import { readCompactFile, writeCompactFile } from '../src/node.ts';

const corpora = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', '\n', '京'), { maxLength: 8 }), {
  minLength: 1,
  maxLength: 12,
});

test('a compact model is the model, where codes are as many as numbers', () => {
  fc.assert(
    fc.property(
      corpora,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom([0], [0, 1]),
      (corpus, order, prune) => {
        const model = trainNgramModel(corpus, { order, prune });
        const again = decodeCompact(encodeCompact(model, { probabilityBits: 12, backoffBits: 12 }));
        expect(again.vocabulary.words).toEqual(model.vocabulary.words);
        expect(again.trie.words).toEqual(model.trie.words);
        expect(again.trie.firstChildren).toEqual(model.trie.firstChildren);
        expect(again.logProbabilities.subarray(1)).toEqual(model.logProbabilities.subarray(1));
        expect(again.logBackoffs.subarray(1)).toEqual(model.logBackoffs.subarray(1));
      },
    ),
    { seed: 2, numRuns: 60 },
  );
});

const words = Array.from({ length: 3000 }, (_, index) => `w${(index * index * 7919) % 101}`);
const sentences = Array.from({ length: 300 }, (_, index) => words.slice(index * 10, index * 10 + 10));
const model = trainNgramModel(sentences, { order: 4 });

test('fewer bits make a smaller file of numbers near the model’s', () => {
  const sizes = [8, 4, 2].map((bits) => {
    const bytes = encodeCompact(model, { probabilityBits: bits, backoffBits: bits });
    const again = decodeCompact(bytes);
    let squares = 0;
    for (let node = 1; node < model.trie.nodeCount; node++) {
      squares += (again.logProbabilities[node]! - model.logProbabilities[node]!) ** 2;
    }
    return { length: bytes.length, error: Math.sqrt(squares / model.trie.nodeCount) };
  });
  expect(sizes.map(({ length }) => length)).toEqual(sizes.map(({ length }) => length).sort((a, b) => b - a));
  expect(sizes[0]!.error).toBeLessThan(0.01);
  expect(sizes[1]!.error).toBeLessThan(0.1);
});

test('probabilities of 0 stay 0', () => {
  const counted = trainNgramModel(sentences, { order: 2, smoothing: maximumLikelihood() });
  const again = decodeCompact(encodeCompact(counted, { probabilityBits: 2, backoffBits: 2 }));
  expect(again.logBackoffs.subarray(1)).toEqual(counted.logBackoffs.subarray(1));
});

test('a file that is cut off or damaged is refused, or read as some model, in little time and memory', () => {
  const bytes = encodeCompact(
    trainNgramModel(
      [
        ['a', 'b'],
        ['b', 'a', 'c'],
      ],
      { order: 3 },
    ),
    {
      probabilityBits: 3,
      backoffBits: 3,
    },
  );
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeCompact(bytes.subarray(0, length), { source: 'm.ngram' })).toThrow(
      /^decodeCompact: m\.ngram, byte \d+: /,
    );
  }
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const damaged = bytes.slice();
      damaged[at] = byte;
      try {
        const read = decodeCompact(damaged);
        read.score(read.sentenceStart, 0);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }),
    { seed: 4, numRuns: 1500 },
  );
  expect(() => encodeCompact(model, { probabilityBits: 17 })).toThrow(
    'probabilityBits must be an integer from 1 to 16, got 17',
  );
});

test('compact files are written and read in Node', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lm-ngram-'));
  try {
    await writeCompactFile(join(folder, 'deep', 'm.ngram'), model, { probabilityBits: 5 });
    const again = await readCompactFile(join(folder, 'deep', 'm.ngram'));
    expect(encodeCompact(again, { probabilityBits: 5 })).toEqual(
      encodeCompact(model, { probabilityBits: 5 }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
