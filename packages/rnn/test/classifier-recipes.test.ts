import '@tensorflow/tfjs-backend-cpu';
import { RandomStream } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { decodeTrainingState, encodeTrainingState, train } from '@wordloom/nn-core';
import { describe, expect, test } from 'vitest';
import {
  type ClassifierTraining,
  classifierRecipes,
  classifySequences,
  type LabeledSequence,
  prepareClassifierTraining,
  SequenceClassifier,
} from '../src/index.ts';

/** Sequences of 3 to 30 tokens; those with token 3 are of class 1, no other has it. */
function examples(count: number): LabeledSequence[] {
  const random = new RandomStream(9);
  return Array.from({ length: count }, (_, number) => {
    const ids = Array.from({ length: 3 + random.integer(28) }, () => 4 + random.integer(5));
    if (number % 2 === 1) ids[random.integer(ids.length)] = 3;
    return { ids, label: number % 2 };
  });
}

async function run(setup: ClassifierTraining, steps = setup.steps): Promise<number[]> {
  const losses: number[] = [];
  const runtime = await nodeRuntime({ threads: 1 });
  for await (const event of train(setup.model, setup.data, { ...setup, steps, runtime })) {
    if (event.type === 'step-end') losses.push(event.loss);
  }
  return losses;
}

describe('prepareClassifierTraining', () => {
  test.each(Object.entries(classifierRecipes))(
    '%s learns, and goes on after a stop as if there were none',
    async (_, full) => {
      const model = { ...full.model, embeddingSize: 16, hiddenSize: 16, dropout: 0.1 };
      const optimizer = { ...full.optimizer, learningRate: 0.02, warmupSteps: 5 };
      const recipe = { ...full, model, optimizer, epochs: 10, maxLength: 40, tokenDropout: 0.02 };
      const options = { recipe, vocabSize: 9, classCount: 2, unknownId: 0, seed: 1 };
      const whole = prepareClassifierTraining(examples(160), options);
      const losses = await run(whole);
      expect(losses).toHaveLength(50);
      expect(losses[0]).toBeGreaterThan(0.5);
      expect(losses.slice(-5).reduce((sum, loss) => sum + loss, 0) / 5).toBeLessThan(0.45);

      const first = prepareClassifierTraining(examples(160), options);
      await run(first, 20);
      const second = prepareClassifierTraining(examples(160), options);
      decodeTrainingState(encodeTrainingState(first.model, first.optimizer), second.model, second.optimizer);
      expect(await run(second)).toEqual(losses.slice(20));
    },
  );

  test('it names the example that does not fit', () => {
    const options = { recipe: classifierRecipes.sentiment, vocabSize: 9, classCount: 2, unknownId: 0 };
    const good = { ids: [1], label: 0 };
    expect(() => prepareClassifierTraining([good, { ids: [], label: 1 }], options)).toThrow(
      'got 0 tokens and 1 in number 1',
    );
    expect(() => prepareClassifierTraining([good, { ids: [1], label: 2 }], options)).toThrow(
      'a label below 2, got 1 tokens and 2 in number 1',
    );
  });
});

describe('classifySequences', () => {
  const model = new SequenceClassifier(
    { vocabSize: 9, embeddingSize: 5, hiddenSize: 6, classCount: 3, pooling: 'max' },
    { seed: 3 },
  );
  const sequences = examples(11).map(({ ids }) => ids);

  test('gives every sequence what it has alone, eager and compiled, in order', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const together = await classifySequences(model, sequences, { batchSize: 4 });
    const compiled = await classifySequences(model, sequences, { batchSize: 3, runtime });
    for (const [number, sequence] of sequences.entries()) {
      const [alone] = await classifySequences(model, [sequence], { batchSize: 1 });
      expect(alone!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      for (const [at, value] of alone!.entries()) {
        expect(together[number]![at]).toBeCloseTo(value, 5);
        expect(compiled[number]![at]).toBeCloseTo(value, 5);
      }
    }
  });

  test('reads no more than it is told to, and refuses what is empty', async () => {
    const [cut] = await classifySequences(model, [[4, 5, 6, 7, 8]], { maxLength: 3 });
    const [short] = await classifySequences(model, [[4, 5, 6]]);
    expect(cut).toEqual(short);
    expect(await classifySequences(model, [])).toEqual([]);
    await expect(classifySequences(model, [[1], []])).rejects.toThrow('got none in number 1');
  });
});
