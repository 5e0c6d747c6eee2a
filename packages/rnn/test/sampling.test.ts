import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, tensorData, toTensors } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { describe, expect, test } from 'vitest';
import { Seq2Seq, sampleWord, transduce, type WordSamplingOptions } from '../src/index.ts';

const SIZES = { sourceVocabSize: 7, targetVocabSize: 6, embeddingSize: 3, hiddenSize: 4 };
const SOURCE = {
  inputs: tensorData(Int32Array.of(1, 2, 3, 4, 5, 0), [2, 3]),
  mask: tensorData(Uint8Array.of(1, 1, 1, 1, 1, 0), [2, 3]),
};
const OPTIONS = { startId: 0, endId: 1, maxLength: 5 };

/** Logits and attention of one row of {@link SOURCE}, with the words given. */
function teacherForced(model: Seq2Seq, row: number, words: readonly number[]) {
  const { inputs, mask } = toTensors(SOURCE);
  const part = (x: tf.Tensor): tf.Tensor => tf.slice(x, [row, 0], [1, 3]);
  const decoderInputs = tf.tensor2d([[0, ...words]], [1, words.length + 1], 'int32');
  const batch = { inputs: part(inputs!), mask: part(mask!), decoderInputs };
  return {
    logProbabilities: (tf.logSoftmax(model.forward(batch)).arraySync() as number[][][])[0]!,
    weights: (model.attentionWeights(batch).arraySync() as number[][][])[0]!,
  };
}

describe('sampleWord', () => {
  const probabilities = [0.1, 0.4, 0.2, 0.3];

  /** Which numbers of a fine grid lead to which word. */
  function shares(options: WordSamplingOptions): number[] {
    const counts = [0, 0, 0, 0];
    const scores = Float32Array.from(probabilities, Math.log);
    for (let at = 0; at < 1000; at++) {
      counts[sampleWord(scores, options, { uniform: () => (at + 0.5) / 1000 })]!++;
    }
    return counts.map((count) => count / 1000);
  }

  test.each([
    [{}, [0.1, 0.4, 0.2, 0.3]],
    [{ topK: 2 }, [0, 4 / 7, 0, 3 / 7]],
    [{ topP: 0.65 }, [0, 4 / 7, 0, 3 / 7]],
    [{ topP: 0.75 }, [0, 4 / 9, 2 / 9, 3 / 9]],
    [{ topK: 3, topP: 0.5 }, [0, 4 / 7, 0, 3 / 7]],
    [{ topP: 1e-9 }, [0, 1, 0, 0]],
    [{ temperature: 0.5 }, [0.01 / 0.3, 0.16 / 0.3, 0.04 / 0.3, 0.09 / 0.3]],
  ] as const)('%j: words come with the probabilities that are left', (options, expected) => {
    for (const [word, share] of shares(options).entries()) expect(share).toBeCloseTo(expected[word]!, 2);
  });
});

describe('transduce draws sequences', () => {
  const model = new Seq2Seq(SIZES, { seed: 3 }).eval();

  test('the same ones with the same seed, eager and compiled, with the log-probabilities of the model', async () => {
    const options = { ...OPTIONS, sampling: { seed: 5, count: 8, temperature: 0.9 } };
    const drawn = await transduce(model, SOURCE, options);
    const compiled = await transduce(model, SOURCE, {
      ...options,
      runtime: await nodeRuntime({ threads: 1 }),
    });
    expect(compiled.flat().map(({ ids }) => ids)).toEqual(drawn.flat().map(({ ids }) => ids));
    for (const [row, hypotheses] of drawn.entries()) {
      expect(hypotheses).toHaveLength(8);
      for (const { ids, logProbability } of hypotheses) {
        const rows = teacherForced(model, row, ids).logProbabilities;
        const words = ids.length < OPTIONS.maxLength ? [...ids, 1] : ids;
        expect(logProbability).toBeCloseTo(
          words.reduce((sum, word, at) => sum + rows[at]![word]!, 0),
          4,
        );
      }
    }
    expect(new Set(drawn[0]!.map(({ ids }) => `${ids}`)).size).toBeGreaterThan(2);
  });

  test('first words come as often as they are likely', async () => {
    const drawn = await transduce(model, SOURCE, {
      ...OPTIONS,
      maxLength: 1,
      sampling: { seed: 1, count: 2000 },
    });
    const [expected] = teacherForced(model, 1, []).logProbabilities;
    for (const [word, logProbability] of expected!.entries()) {
      const count = drawn[1]!.filter(({ ids }) => (word === 1 ? ids.length === 0 : ids[0] === word)).length;
      expect(Math.abs(count / 2000 - Math.exp(logProbability))).toBeLessThan(0.05);
    }
  });

  test('bad options are named', async () => {
    const refused = (options: object) => expect(transduce(model, SOURCE, { ...OPTIONS, ...options })).rejects;
    await refused({ sampling: { seed: 1, topP: 0 } }).toThrow('topP must be in (0, 1], got 0');
    await refused({ sampling: { seed: 1, topK: 0 } }).toThrow('topK must be a positive integer, got 0');
    await refused({ sampling: { seed: 1, temperature: 0 } }).toThrow('temperature must be a positive number');
    await refused({ sampling: { seed: -1 } }).toThrow('sampling.seed must be a non-negative integer, got -1');
    await refused({ sampling: { seed: 1, count: 0 } }).toThrow('sampling.count must be a positive integer');
    await refused({ sampling: { seed: 1 }, beamSize: 2 }).toThrow(
      'beamSize and lengthPenalty must be left out',
    );
  });
});

test.each([
  ['of a beam', { beamSize: 3 }],
  ['drawn', { sampling: { seed: 2, count: 3 } }],
])('hypotheses %s tell where each word looked', async (_, options) => {
  const model = new Seq2Seq({ ...SIZES, attention: 'bahdanau' }, { seed: 4 }).eval();
  const found = await transduce(model, SOURCE, { ...OPTIONS, ...options, attention: true });
  for (const [row, hypotheses] of found.entries()) {
    for (const { ids, attention } of hypotheses) {
      expect(attention!.length).toBe(
        Math.min(ids.length + 1, OPTIONS.maxLength + ('beamSize' in options ? 1 : 0)),
      );
      const { weights } = teacherForced(model, row, ids);
      for (const [at, row] of attention!.entries()) {
        for (const [place, weight] of row.entries()) expect(weight).toBeCloseTo(weights[at]![place]!, 5);
      }
    }
  }
  const [plain] = await transduce(model, SOURCE, { ...OPTIONS, ...options });
  expect(plain![0]).not.toHaveProperty('attention');
});

test('a stream of random numbers belongs to one row: other rows do not change what it draws', async () => {
  const model = new Seq2Seq(SIZES, { seed: 3 }).eval();
  const options = { ...OPTIONS, sampling: { seed: 5 } };
  const [alone] = await transduce(model, { inputs: tensorData(Int32Array.of(1, 2, 3), [1, 3]) }, options);
  const [first] = await transduce(model, SOURCE, options);
  expect(first![0]!.ids).toEqual(alone![0]!.ids);
  expect(new RandomStream(5, 0).uniform()).not.toBe(new RandomStream(5, 1).uniform());
});
