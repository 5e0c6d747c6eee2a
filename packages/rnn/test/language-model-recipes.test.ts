import '@tensorflow/tfjs-backend-cpu';
import { nodeRuntime } from '@wordloom/compile/node';
import { decodeTrainingState, encodeTrainingState, train } from '@wordloom/nn-core';
import { describe, expect, test } from 'vitest';
import {
  type LanguageModelRecipe,
  type LanguageModelTraining,
  languageModelEvaluator,
  languageModelRecipes,
  prepareLanguageModelTraining,
} from '../src/index.ts';

const TOKENS = Int32Array.from({ length: 1201 }, (_, place) =>
  place % 20 < 10 ? place % 7 : (place * 3) % 7,
);

/** A recipe with a model and windows that a test has the time for. */
function small(recipe: LanguageModelRecipe): LanguageModelRecipe {
  const model = { ...recipe.model, embeddingSize: 8, hiddenSize: 8 };
  return { ...recipe, model, batchSize: 10, contextLength: 10, epochs: 2 };
}

async function run(setup: LanguageModelTraining, steps = setup.steps): Promise<number[]> {
  const losses: number[] = [];
  const runtime = await nodeRuntime();
  for await (const event of train(setup.training, setup.data, { ...setup, steps, runtime })) {
    if (event.type === 'step-end') losses.push(event.loss);
  }
  return losses;
}

describe('prepareLanguageModelTraining', () => {
  test.each(Object.entries(languageModelRecipes))(
    '%s takes the steps of its epochs, and goes on after a stop as if there were none',
    async (_, recipe) => {
      const options = { recipe: small(recipe), vocabSize: 7, seed: 1 };
      const whole = prepareLanguageModelTraining(TOKENS, options);
      const losses = await run(whole);
      expect(losses).toHaveLength(2 * 12);
      expect(losses[0]).toBeCloseTo(Math.log(7), 0);

      const first = prepareLanguageModelTraining(TOKENS, options);
      await run(first, 10);
      const second = prepareLanguageModelTraining(TOKENS, options);
      decodeTrainingState(
        encodeTrainingState(first.training, first.optimizer),
        second.training,
        second.optimizer,
      );
      expect(await run(second)).toEqual(losses.slice(10));
    },
  );

  test('the rate of plain descent falls after the epochs that the recipe says', () => {
    const recipe = small(languageModelRecipes['ptb-small']);
    const { schedule, data } = prepareLanguageModelTraining(TOKENS, { recipe, vocabSize: 7 });
    expect(data.stepsPerEpoch).toBe(12);
    expect([0, 47, 48, 59].map(schedule)).toEqual([20, 20, 10, 10]); // the fifth epoch is the first that is halved
  });

  test('a running mean of the weights is another model, near the last one', async () => {
    const recipe = { ...small(languageModelRecipes['ptb-tied']), epochs: 20 };
    const setup = prepareLanguageModelTraining(TOKENS, { recipe, vocabSize: 7, seed: 2 });
    await run(setup);
    const evaluator = languageModelEvaluator(setup.model);
    const last = await evaluator.evaluate(TOKENS);
    const mean = await setup.average!.use(() => evaluator.evaluate(TOKENS));
    expect(mean).not.toBe(last);
    expect(Math.abs(mean - last)).toBeLessThan(0.2);
  });

  test('too short a text is refused', () => {
    const recipe = languageModelRecipes['ptb-small'];
    expect(() => prepareLanguageModelTraining(TOKENS.subarray(0, 100), { recipe, vocabSize: 7 })).toThrow(
      'tokens must be more than batchSize × contextLength = 400, got 100',
    );
  });
});
