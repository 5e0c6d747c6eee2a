import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, tensorData, toTensors } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, train } from '@wordloom/nn-core';
import { expect, test } from 'vitest';
import { copyCollator, copyWords, Seq2Seq, transduce } from '../src/index.ts';

const SIZES = { sourceVocabSize: 7, targetVocabSize: 6, embeddingSize: 3, hiddenSize: 4 };
const VOCABULARY = {
  ids: new Map([
    ['visit', 5],
    ['in', 6],
  ]),
  vocabSize: 7,
  unknownId: 3,
  slots: 2,
};

test('words that the vocabulary lacks get ids of their own, as many as there are slots', () => {
  const source = ['visit', 'Gyumri', 'in', 'Shirak', 'Gyumri', 'Armenia'];
  expect(copyWords(source, ['Gyumri', 'Shirak', 'in', 'Armenia', 'Paris'], VOCABULARY)).toEqual({
    copyIds: [5, 7, 6, 8, 7, 3],
    target: [7, 8, 6, 3, 3],
    extraWords: ['Gyumri', 'Shirak'],
  });
});

test('batches hold the ids of copied words beside the source, cut where it is', () => {
  const row = { source: [4, 5, 6], target: [7, 1], copyIds: [7, 8, 2] };
  const short = { source: [4], target: [1], copyIds: [7] };
  const batch = (truncate: 'start' | 'end', length: number) =>
    copyCollator({ padId: 0, decoderStartId: 0, source: { length, truncate } })(
      [row, short],
      new RandomStream(0),
    );
  expect([...batch('end', 4).copyIds!.data]).toEqual([7, 8, 2, 0, 7, 0, 0, 0]);
  expect([...batch('end', 2).copyIds!.data]).toEqual([7, 8, 7, 0]);
  expect([...batch('start', 2).copyIds!.data]).toEqual([8, 2, 7, 0]);
  expect(() =>
    copyCollator({ padId: 0, decoderStartId: 0 })([{ ...row, copyIds: [1] }], new RandomStream(0)),
  ).toThrow("copyIds must be as many as the source's 3 words, got 1 in row 0");
});

test('probabilities of written and copied words add up to one', () => {
  const model = new Seq2Seq({ ...SIZES, copy: true, copySlots: 3 }, { seed: 2 }).eval();
  const logits = model.forward(
    toTensors({
      inputs: tensorData(Int32Array.of(1, 2, 3), [1, 3]),
      decoderInputs: tensorData(Int32Array.of(0, 8), [1, 2]),
      copyIds: tensorData(Int32Array.of(2, 6, 8), [1, 3]),
    }),
  );
  expect(logits.shape).toEqual([1, 2, 9]);
  for (const row of (tf.exp(logits).arraySync() as number[][][])[0]!) {
    expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(row[6]!).toBeGreaterThan(0.01);
    expect(row[7]!).toBeLessThan(1e-11); // no word of the source
  }
});

test('what does not fit is named', () => {
  const make = (options: object) => () => new Seq2Seq({ ...SIZES, ...options });
  expect(make({ copy: true, attention: 'none' })).toThrow(
    'attention must not be none where words are copied',
  );
  expect(make({ copySlots: 2 })).toThrow(
    'copySlots must be a non-negative integer, 0 where nothing is copied',
  );
  expect(make({ copy: true, unknownId: 6 })).toThrow('unknownId must be an id below 6, got 6');
  expect(make({ coverage: true })).toThrow(
    'attention must be bahdanau or luong-concat where there is coverage',
  );
  expect(make({ coverageLoss: -1 })).toThrow('coverageLoss must be a number of at least 0, got -1');
  const batch = toTensors({
    inputs: tensorData(Int32Array.of(1, 2), [1, 2]),
    decoderInputs: tensorData(Int32Array.of(0), [1, 1]),
  });
  const model = new Seq2Seq({ ...SIZES, copy: true });
  expect(() => model.forward(batch)).toThrow('batch must have copyIds, got none');
  expect(() => model.forward({ ...batch, copyIds: batch.decoderInputs! })).toThrow(
    'copyIds must be int32 [1,2], as inputs, got int32 [1,1]',
  );
});

test('a model learns to copy words that it has never seen', async () => {
  const random = new RandomStream(4);
  // Sources are a word to leave out and three names; names have no ids in either vocabulary.
  const examples = (count: number, names: number) =>
    Array.from({ length: count }, () => {
      const words = ['visit', ...Array.from({ length: 3 }, () => `name ${random.integer(names)}`)];
      const { copyIds, target } = copyWords(words, words.slice(1), { ...VOCABULARY, slots: 3 });
      return { source: copyIds.map((id) => Math.min(id, 7)), target: [...target, 1], copyIds };
    });
  const model = new Seq2Seq(
    {
      sourceVocabSize: 8,
      targetVocabSize: 7,
      embeddingSize: 8,
      hiddenSize: 32,
      copy: true,
      copySlots: 3,
      unknownId: 3,
      attention: 'luong-concat',
      coverage: true,
    },
    { seed: 1 },
  );
  const collate = copyCollator({ padId: 0, decoderStartId: 0 });
  const batches = Array.from({ length: 50 }, () => collate(examples(32, 1000), random));
  const runtime = await nodeRuntime({ threads: 1 });
  const optimizer = new AdamW(model.namedParameters(), { learningRate: 0.01, weightDecay: 0 });
  const data = { batch: (step: number) => batches[step % 50]! };
  for await (const event of train(model, data, { steps: 150, optimizer, runtime })) void event;
  const unseen = examples(20, 1_000_000);
  const { inputs, mask, copyIds } = collate(unseen, random);
  const found = await transduce(
    model,
    { inputs: inputs!, mask: mask!, copyIds: copyIds! },
    { startId: 0, endId: 1, maxLength: 5, beamSize: 2, runtime },
  );
  const right = found.filter(([best], row) => `${best!.ids}` === `${unseen[row]!.target.slice(0, -1)}`);
  expect(right.length).toBeGreaterThanOrEqual(17);
});
