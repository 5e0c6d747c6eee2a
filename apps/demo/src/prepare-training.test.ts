import { gptRecipes } from '@wordloom/transformer';
import { expect, test } from 'vitest';
import { prepareTraining } from './prepare-training.ts';

test('the same text and seed prepare the same weights and batches', () => {
  const text = 'to be or not to be, that is the question. '.repeat(20);
  const prepare = (seed: number) => {
    const { model, data } = prepareTraining(text, { recipe: gptRecipes.tiny, seed });
    return [model.tokenEmbedding.weight.data, data.batch(3).inputs!.data];
  };
  expect(prepare(1)).toEqual(prepare(1));
  expect(prepare(1)).not.toEqual(prepare(2));
});

test('a text shorter than the context is refused', () => {
  expect(() => prepareTraining('too short', { recipe: gptRecipes.tiny, seed: 0 })).toThrow(
    'contextLength (32)',
  );
});
