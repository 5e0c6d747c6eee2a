import { expect, test } from 'vitest';
import {
  fastTextModelOf,
  readFastText,
  trainWordVectors,
  type WordVectorModel,
  writeFastText,
} from '../../src/index.ts';

const SENTENCES = Array.from({ length: 300 }, (_, line) =>
  Array.from({ length: 8 }, (_, at) => `词w${(line * line + at * at * 31) % 29}`).join(' '),
);

async function train(options: Parameters<typeof trainWordVectors>[1]): Promise<WordVectorModel> {
  for await (const event of trainWordVectors(SENTENCES, options)) {
    if (event.type === 'training-end') return event.model;
  }
  throw new Error('training must end');
}

test.each([
  { name: 'skip-gram of words', options: {} },
  { name: 'skip-gram of n-grams', options: { subwords: { minn: 2, maxn: 3, bucket: 300 } } },
  {
    name: 'CBOW with a tree',
    options: {
      architecture: 'cbow',
      loss: 'hierarchical-softmax',
      subwords: { minn: 1, maxn: 2, bucket: 50 },
    },
  },
] as const)('$name becomes a model of fastText with the same vectors', async ({ options }) => {
  const model = await train({ size: 8, epochs: 1, ...options });
  const bytes = Buffer.concat([...writeFastText(fastTextModelOf(model))]);
  const read = readFastText(bytes);
  expect(read.dictionary.words).toEqual(model.vocabulary.words);
  const words = [...model.vocabulary.words, ...('subwords' in options ? ['词w', 'unseen 词'] : [])];
  for (const word of words) {
    const expected = model.vectorOf(word);
    for (const [at, value] of read.wordVector(word).entries()) expect(value).toBeCloseTo(expected[at]!, 5);
  }
  expect(Buffer.concat([...writeFastText(read)]).equals(bytes)).toBe(true);
});
