import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { nodeRuntime } from '@wordloom/compile/node';
import type { GenerateOptions, TokenGenerator } from '@wordloom/nn-core';
import { describe, expect, test } from 'vitest';
import { languageModelGenerator, RecurrentLanguageModel } from '../src/index.ts';

/** With weights large enough that its choices depend on all it has seen. */
function opinionated(cell: 'lstm' | 'gru'): RecurrentLanguageModel {
  const model = new RecurrentLanguageModel(
    { vocabSize: 23, embeddingSize: 6, hiddenSize: 8, layerCount: 2, cell, dropout: 0.5 },
    { seed: 1 },
  );
  for (const { data } of model.parameters()) for (let i = 0; i < data.length; i++) data[i]! *= 4;
  return model;
}

async function tokens(
  generator: TokenGenerator,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of generator.generate(prompt, options)) ids.push(id);
  return ids;
}

/** The likeliest continuation by a pass over the whole text for each token. */
function greedy(model: RecurrentLanguageModel, prompt: readonly number[], count: number): number[] {
  const text = [...prompt];
  for (let at = 0; at < count; at++) {
    const { logits } = model.eval().forward(tf.tensor2d([text], [1, text.length], 'int32'));
    const rows = logits.dataSync().subarray(-23);
    text.push(rows.indexOf(Math.max(...rows)));
  }
  return text.slice(prompt.length);
}

const LONG = Array.from({ length: 75 }, (_, place) => (place * place) % 23); // two passes and eleven tokens

describe('languageModelGenerator', () => {
  test.each(['lstm', 'gru'] as const)('%s: each token follows from all before it', async (cell) => {
    const model = opinionated(cell);
    const compiled = languageModelGenerator(model, { runtime: await nodeRuntime({ threads: 1 }) });
    for (const prompt of [[3], LONG]) {
      const expected = greedy(model, prompt, 12);
      const options = { maxTokens: 12, temperature: 0 };
      expect(await tokens(languageModelGenerator(model), prompt, options)).toEqual(expected);
      expect(await tokens(compiled, prompt, options)).toEqual(expected);
    }
    await compiled.release();
  });

  test('the same seed gives the same tokens, two texts at once do not disturb each other, and a stop token ends one', async () => {
    const generator = languageModelGenerator(opinionated('lstm'));
    const options = { maxTokens: 20, temperature: 2, seed: 5 };
    const [first, other, again] = await Promise.all([
      tokens(generator, [1, 2], options),
      tokens(generator, [1, 2], { ...options, seed: 6 }),
      tokens(generator, [1, 2], options),
    ]);
    expect(first).toHaveLength(20);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const stop = first[7]!;
    expect(await tokens(generator, [1, 2], { ...options, stopTokens: [stop] })).toEqual(
      first.slice(0, first.indexOf(stop)),
    );
  });

  test('it can be stopped, and refuses what it cannot go on from', async () => {
    const generator = languageModelGenerator(opinionated('gru'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(tokens(generator, [1], { maxTokens: 3, signal })).rejects.toThrow('enough');
    await expect(tokens(generator, [], { maxTokens: 3 })).rejects.toThrow('at least one token');
    await expect(tokens(generator, [23], { maxTokens: 3 })).rejects.toThrow('ids from 0 to 22, got 23');
    await expect(tokens(generator, [1], { maxTokens: -1 })).rejects.toThrow('maxTokens');
    expect(await tokens(generator, [1], { maxTokens: 0 })).toEqual([]);
  });
});
