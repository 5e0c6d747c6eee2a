import '@tensorflow/tfjs-backend-cpu';
import { RandomStream } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { train } from '@wordloom/nn-core';
import { expect, test } from 'vitest';
import {
  encodePairs,
  prepareSeq2SeqTraining,
  type Seq2SeqRecipe,
  seq2seqRecipes,
  transduceAll,
} from '../src/index.ts';

const LETTERS = { encode: (text: string) => Array.from(text, (letter) => 3 + letter.charCodeAt(0) - 97) };
const IDS = { padId: 0, startId: 1, sourceVocabSize: 29, targetVocabSize: 29 };

function pairsOf(count: number, random: RandomStream): [string, string][] {
  return Array.from({ length: count }, () => {
    const word = Array.from({ length: 2 + random.integer(4) }, () => 'abcdef'[random.integer(6)]).join('');
    return [word, [...word].reverse().join('')];
  });
}

/** A recipe with a model and batches that a test has the time for. */
function small(recipe: Seq2SeqRecipe, epochs: number): Seq2SeqRecipe {
  const model = { ...recipe.model, embeddingSize: 32, hiddenSize: 32, dropout: 0 };
  const optimizer = { ...recipe.optimizer, learningRate: 0.01 };
  return { ...recipe, model, optimizer, tokensPerBatch: 256, epochs, maxLength: 6 };
}

test.each(Object.entries(seq2seqRecipes))('%s learns pairs that are short enough', async (_, recipe) => {
  const random = new RandomStream(2);
  const pairs: [string, string][] = [...pairsOf(600, random), ['abcdefabc', 'cbafedcba']];
  const examples = encodePairs(pairs, { source: LETTERS, target: LETTERS, endId: 2 });
  expect(examples[0]!.source.length).toBe(pairs[0]![0].length + 1);
  const setup = prepareSeq2SeqTraining(examples, { recipe: small(recipe, 25), ...IDS, seed: 1 });
  expect(setup.skipped).toBe(1);
  expect(setup.data.position(setup.steps).epoch).toBe(25);
  expect(setup.data.position(setup.steps - 1).epoch).toBe(24);
  const runtime = await nodeRuntime({ threads: 1 });
  for await (const event of train(setup.model, setup.data, { ...setup, runtime })) void event;
  const unseen = encodePairs(pairsOf(40, random), { source: LETTERS, target: LETTERS, endId: 2 });
  let right = 0;
  const options = { ...recipe.search, ...IDS, endId: 2, runtime };
  for await (const { index, hypotheses } of transduceAll(
    setup.model,
    unseen.map(({ source }) => source),
    options,
  )) {
    if (`${[...hypotheses[0]!.ids, 2]}` === `${unseen[index]!.target}`) right++;
  }
  expect(right).toBeGreaterThanOrEqual(32);
});

test('pairs that are all too long are refused', () => {
  const examples = encodePairs([['abcdef', 'f']], { source: LETTERS, target: LETTERS, endId: 2 });
  expect(() => prepareSeq2SeqTraining(examples, { recipe: small(seq2seqRecipes.dates, 1), ...IDS })).toThrow(
    'examples must have some of at most 6 tokens, got none of 1',
  );
});
