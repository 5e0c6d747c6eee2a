import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import {
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  RandomStream,
  type Runtime,
  type TensorData,
  tensorData,
  toTensors,
} from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, bindParameters, leakCheck, loadParameters, seq2seqCollator, train } from '@wordloom/nn-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TypedTensor } from '../../nn-core/test/expect-program.ts';
import { expectClose } from '../../nn-core/test/pytorch.ts';
import { beamSearch, Seq2Seq, type Seq2SeqAttention, transduce, transduceAll } from '../src/index.ts';

interface Seq2SeqGolden {
  readonly cell: 'lstm' | 'gru';
  readonly attention: Seq2SeqAttention;
  readonly layerCount: number;
  readonly bidirectional: boolean;
  readonly inputFeeding?: boolean;
  readonly attentionLayer?: boolean;
  readonly firstState?: 'all' | 'hidden';
  readonly tied?: boolean;
  readonly coverage?: boolean;
  readonly coverageLoss?: number;
  readonly copy?: boolean;
  readonly copySlots?: number;
  readonly parameters: Readonly<Record<string, TypedTensor>>;
  readonly batch: Readonly<Record<string, TypedTensor>>;
  readonly logits: TypedTensor;
  readonly weights: TypedTensor;
  readonly loss: TypedTensor;
  readonly gradients: Readonly<Record<string, TypedTensor>>;
}

const GOLDENS = JSON.parse(
  readFileSync(new URL('../fixtures/seq2seq.json', import.meta.url), 'utf8'),
) as Seq2SeqGolden[];
const SIZES = { sourceVocabSize: 7, targetVocabSize: 6, embeddingSize: 3, hiddenSize: 4 };

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

function dataOf(tensors: Readonly<Record<string, TypedTensor>>): Record<string, TensorData> {
  const arrays = { int32: Int32Array, bool: Uint8Array, float32: Float32Array };
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dtype, shape }]) => [
      name,
      tensorData(arrays[dtype as keyof typeof arrays].from(data), shape),
    ]),
  );
}

describe('logits, attention, loss and all gradients are those of PyTorch, eager and compiled', () => {
  test.each(
    GOLDENS.map(
      (golden, at) => [`${at}: ${golden.cell}, ${golden.attention}, ${golden.layerCount}`, golden] as const,
    ),
  )('%s', async (_, { parameters, batch, logits, weights, loss, gradients, ...config }) => {
    const model = new Seq2Seq({ ...SIZES, ...config });
    const [weightData, batchData] = [dataOf(parameters), dataOf(batch)];
    loadParameters(model, new Map(Object.entries(weightData)));
    const tensors = toTensors(batchData);
    expectClose(model.forward(tensors).dataSync(), logits.data);
    expectClose(model.attentionWeights(tensors).dataSync(), weights.data);
    const named = model.namedParameters();
    const lossOf: LossFunction = (bound, given) => bindParameters(named, bound, () => model.loss(given));
    const options = { parameters: weightData, batch: batchData };
    for (const step of [
      eagerTrainStep(lossOf, options),
      await compileTrainStep(lossOf, { ...options, runtime }),
    ]) {
      expect(await step.run(batchData)).toBeCloseTo(loss.data[0]!, 5);
      for (const [name, { data }] of Object.entries(gradients)) {
        expectClose(step.gradients[name]!, data);
      }
      await step.release();
    }
  });
});

describe('transduce', () => {
  const options = { startId: 0, endId: 1, maxLength: 4 };
  const source = {
    inputs: tensorData(Int32Array.of(1, 2, 3, 4, 5, 0), [2, 3]),
    mask: tensorData(Uint8Array.of(1, 1, 1, 1, 1, 0), [2, 3]),
  };

  /** The logarithm of the probability of some words and the end. */
  function logProbability(model: Seq2Seq, row: number, ids: readonly number[]): number {
    const { inputs, mask } = toTensors(source);
    const decoderInputs = tf.tensor2d([[0, ...ids]], [1, ids.length + 1], 'int32');
    const part = (x: tf.Tensor): tf.Tensor => tf.slice(x, [row, 0], [1, 3]);
    const logits = model.forward({ inputs: part(inputs!), mask: part(mask!), decoderInputs });
    const rows = (tf.logSoftmax(logits).arraySync() as number[][][])[0]!;
    return [...ids, 1].reduce((sum, id, at) => sum + rows[at]![id]!, 0);
  }

  test.each(['none', 'bahdanau', 'luong-general'] as const)(
    '%s: a beam wide enough finds the best of all',
    async (attention) => {
      const model = new Seq2Seq({ ...SIZES, targetVocabSize: 3, attention }, { seed: 3 }).eval();
      const all = [[], ...[0, 2].map((a) => [a]), ...[0, 2].flatMap((a) => [0, 2].map((b) => [a, b]))];
      const found = await transduce(model, source, {
        ...options,
        maxLength: 2,
        beamSize: 16,
        lengthPenalty: 0.7,
      });
      for (const row of [0, 1]) {
        const expected = all
          .map((ids) => ({ ids, logProbability: logProbability(model, row, ids) }))
          .map((one) => ({ ...one, score: one.logProbability / ((6 + one.ids.length) / 6) ** 0.7 }))
          .sort((a, b) => b.score - a.score);
        expect(found[row]!.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
        for (const [at, { logProbability, score }] of expected.entries()) {
          expect(found[row]![at]!.logProbability).toBeCloseTo(logProbability, 4);
          expect(found[row]![at]!.score).toBeCloseTo(score, 4);
        }
      }
    },
  );

  test('compiled and eager agree, and a beam of one takes the likeliest word at each step', async () => {
    const model = new Seq2Seq({ ...SIZES, cell: 'lstm', layerCount: 2 }, { seed: 5 }).eval();
    const greedy = await transduce(model, source, { ...options, runtime });
    expect(greedy.map(([one]) => one!.ids)).toEqual(
      (await transduce(model, source, options)).map(([one]) => one!.ids),
    );
    const ids: number[] = [];
    while (ids.length < 4) {
      const { inputs, mask } = toTensors(source);
      const decoderInputs = tf.tensor2d([[0, ...ids]], [1, ids.length + 1], 'int32');
      const part = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 0], [1, 3]);
      const logits = model.forward({ inputs: part(inputs!), mask: part(mask!), decoderInputs });
      const last = (logits.arraySync() as number[][][])[0]!.at(-1)!;
      const likeliest = last.indexOf(Math.max(...last));
      if (likeliest === 1) break;
      ids.push(likeliest);
    }
    expect(greedy[0]![0]!.ids).toEqual(ids);
  });

  test('hypotheses that never end are cut, and beams of sentences do not mix', async () => {
    // A decoder whose likeliest word is the number of the sentence, which the state holds.
    const decoder = {
      vocabSize: 5,
      step: async (ids: Int32Array, state: Int32Array) => ({
        logProbabilities: Float32Array.from({ length: ids.length * 5 }, (_, at) =>
          at % 5 === state[Math.floor(at / 5)]! ? -0.1 : at % 5 === 1 ? -50 : -3,
        ),
        state,
      }),
      select: (state: Int32Array, rows: Int32Array) => Int32Array.from(rows, (row) => state[row]!),
    };
    const found = await beamSearch(decoder, Int32Array.of(2, 2, 4, 4), 2, {
      ...options,
      beamSize: 2,
      lengthPenalty: 0,
    });
    expect(found.map(([best]) => best!.ids)).toEqual([
      [2, 2, 2, 2],
      [4, 4, 4, 4],
    ]);
  });

  test('many sources get what each alone gets, whatever their lengths', async () => {
    const model = new Seq2Seq(SIZES, { seed: 3 }).eval();
    const sources = [[1, 2, 3, 4, 5], [6], [2, 2, 3], [5, 4], [1, 6, 1, 6]];
    const all = { ...options, padId: 0, beamSize: 2, batchSize: 2, extraLength: 3 };
    const indices: number[] = [];
    for await (const { index, hypotheses } of transduceAll(model, sources, all)) {
      indices.push(index);
      const row = sources[index]!;
      const inputs = tensorData(Int32Array.from(row), [1, row.length]);
      const [alone] = await transduce(model, { inputs }, { ...options, beamSize: 2, maxLength: 8 });
      expect(hypotheses[0]!.ids.slice(0, 4)).toEqual(alone![0]!.ids.slice(0, 4));
    }
    expect(indices).toEqual([1, 3, 2, 4, 0]);
  });

  test('bad options are named, and nothing is left behind', async () => {
    const model = new Seq2Seq(SIZES).eval();
    await expect(transduce(model, source, { ...options, endId: 6 })).rejects.toThrow(
      'endId must be an id below 6, got 6',
    );
    await expect(transduce(model, source, { ...options, beamSize: 0 })).rejects.toThrow(
      'beamSize must be a positive',
    );
    await expect(transduce(model, {}, options)).rejects.toThrow('inputs must be [batch, source], got none');
    expect(() => new Seq2Seq({ ...SIZES, hiddenSize: 5 })).toThrow('hiddenSize must be even');
    expect(() => new Seq2Seq({ ...SIZES, attention: 'dot' as 'none' })).toThrow('got "dot"');
    expect(() => new Seq2Seq({ ...SIZES, tied: true, attention: 'none' })).toThrow(
      'embeddingSize must be what the output layer reads (4) where its weight is tied, got 3',
    );
    expect(() => new Seq2Seq({ ...SIZES, attention: 'bahdanau', inputFeeding: false })).toThrow(
      "inputFeeding must be true with Bahdanau's attention",
    );
    expect(await leakCheck(() => transduce(model, source, options))).toMatchObject({ passed: true });
  });
});

test.each(['bahdanau', 'luong-general', 'luong-concat'] as const)(
  '%s: learns to turn sequences round',
  async (attention) => {
    const random = new RandomStream(3);
    const collate = seq2seqCollator({
      padId: 0,
      decoderStartId: 0,
      source: { buckets: [6] },
      target: { buckets: [7] },
    });
    const examples = (count: number) =>
      Array.from({ length: count }, () => {
        const words = Array.from({ length: 3 + random.integer(4) }, () => 2 + random.integer(5));
        return { source: words, target: [...words.toReversed(), 1] };
      });
    const model = new Seq2Seq(
      { sourceVocabSize: 7, targetVocabSize: 7, embeddingSize: 16, hiddenSize: 32, attention },
      { seed: 3 },
    );
    const optimizer = new AdamW(model.namedParameters(), { learningRate: 0.01, weightDecay: 0 });
    const batches = Array.from({ length: 100 }, () => collate(examples(32), random));
    for await (const event of train(
      model,
      { batch: (step) => batches[step % 100]! },
      { steps: 300, optimizer, clipNorm: 1, runtime },
    ))
      void event;
    const unseen = examples(20);
    const { inputs, mask } = collate(unseen, random);
    const found = await transduce(
      model,
      { inputs: inputs!, mask: mask! },
      { startId: 0, endId: 1, maxLength: 8, beamSize: 3, runtime },
    );
    const right = found.filter(([best], row) => `${best!.ids}` === `${unseen[row]!.target.slice(0, -1)}`);
    expect(right.length).toBeGreaterThanOrEqual(15);
  },
);
