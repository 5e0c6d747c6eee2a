import { nodeRuntime } from '@wordloom/compile/node';
import { train } from '@wordloom/nn-core';
import { expect, it } from 'vitest';
import { gptRecipes } from './gpt-recipes.ts';
import { prepareGptTraining } from './prepare-gpt-training.ts';

const tokens = Int32Array.from({ length: 2000 }, (_, index) => (index * index) % 11);
const recipe = { ...gptRecipes.tiny, steps: 30 };

async function losses(seed: number): Promise<number[]> {
  const { model, data, ...options } = prepareGptTraining(tokens, { recipe, vocabSize: 11, seed });
  const runtime = await nodeRuntime();
  const losses: number[] = [];
  for await (const event of train(model, data, { ...options, runtime })) {
    if (event.type === 'step-end') losses.push(event.loss);
  }
  return losses;
}

it('trains as many steps as the recipe says, with the same losses for the same seed', async () => {
  const [first, again, other] = [await losses(1), await losses(1), await losses(2)];
  expect(first).toHaveLength(30);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(first.at(-1)).toBeLessThan(first[0]! - 0.5);
});

it('shortens the warm-up of a run of few steps', () => {
  const { schedule } = prepareGptTraining(tokens, { recipe: { ...recipe, steps: 8 }, vocabSize: 11 });
  expect(schedule(2)).toBeCloseTo(recipe.learningRate, 10);
});

it('refuses fewer tokens than the context needs', () => {
  expect(() => prepareGptTraining(tokens.subarray(0, 20), { recipe, vocabSize: 11 })).toThrow(
    'contextLength (32)',
  );
});
