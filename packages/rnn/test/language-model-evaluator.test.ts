import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { nodeRuntime } from '@wordloom/compile/node';
import { describe, expect, test } from 'vitest';
import { languageModelEvaluator, RecurrentLanguageModel } from '../src/index.ts';

const TOKENS = Int32Array.from({ length: 53 }, (_, place) => (place * place + 3) % 7);
const model = new RecurrentLanguageModel(
  { vocabSize: 7, embeddingSize: 4, hiddenSize: 6, layerCount: 2, dropout: 0.5 },
  { seed: 5 },
);

/** Of tokens that are read in one pass. */
function meanNats(tokens: Int32Array): number {
  const inputs = tf.tensor2d([...tokens.subarray(0, -1)], [1, tokens.length - 1], 'int32');
  const targets = tf.tensor2d([...tokens.subarray(1)], [1, tokens.length - 1], 'int32');
  return (model.eval().loss({ inputs, targets }) as tf.Scalar).dataSync()[0]!;
}

describe('languageModelEvaluator', () => {
  test.each([1, 7, 52, 100])(
    'the loss of a text read in windows of %i is that of the whole',
    async (contextLength) => {
      const eager = languageModelEvaluator(model, { contextLength });
      expect(await eager.evaluate(TOKENS)).toBeCloseTo(meanNats(TOKENS), 5);
    },
  );

  test('compiled it is the same, and again after the weights have changed', async () => {
    const compiled = languageModelEvaluator(model, { runtime: await nodeRuntime(), contextLength: 10 });
    expect(await compiled.evaluate(TOKENS)).toBeCloseTo(meanNats(TOKENS), 5);
    const before = model.outputBias.data.slice();
    model.outputBias.data.fill(0.5, 0, 3);
    expect(await compiled.evaluate(TOKENS)).toBeCloseTo(meanNats(TOKENS), 5);
    model.outputBias.data.set(before);
    await compiled.release();
  });

  test('parts read side by side each start anew, and no token is left out', async () => {
    const evaluator = languageModelEvaluator(model, { batchSize: 3, contextLength: 4 });
    const parts = [TOKENS.subarray(0, 19), TOKENS.subarray(18, 37), TOKENS.subarray(36)]; // 18, 18 and 16 targets
    const sum = parts.reduce((total, part) => total + (part.length - 1) * meanNats(part), 0);
    expect(await evaluator.evaluate(TOKENS)).toBeCloseTo(sum / 52, 5);
  });

  test('a model in training is evaluated without dropout and goes on training', async () => {
    model.train();
    const evaluator = languageModelEvaluator(model);
    const first = await evaluator.evaluate(TOKENS);
    expect(model.training).toBe(true);
    expect(first).toBeCloseTo(meanNats(TOKENS), 5);
  });

  test('it can be stopped, and says what it lacks', async () => {
    const evaluator = languageModelEvaluator(model, { batchSize: 4 });
    await expect(
      evaluator.evaluate(TOKENS, { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    await expect(evaluator.evaluate(TOKENS.subarray(0, 4))).rejects.toThrow(
      'tokens must be more than batchSize = 4, got 4',
    );
    expect(() => languageModelEvaluator(model, { contextLength: 0 })).toThrow('contextLength');
  });
});
