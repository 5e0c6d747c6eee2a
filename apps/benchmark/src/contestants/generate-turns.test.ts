import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { tensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { Gpt, type GptConfig } from '@wordloom/transformer';
import { expect, it } from 'vitest';
import { loadEngine } from './engine.ts';
import { generateTurns } from './generate-turns.ts';

it('both engines continue the prompt with the same tokens, with a time for each continuation', async () => {
  const config: Required<GptConfig> = {
    vocabSize: 11,
    contextLength: 12,
    embeddingSize: 8,
    headCount: 2,
    layerCount: 2,
    dropout: 0,
    bias: true,
    activation: 'gelu',
    normEpsilon: 1e-5,
  };
  const model = new Gpt(config, { seed: 3 });
  for (const { data } of model.parameters()) for (let i = 0; i < data.length; i++) data[i]! *= 20;
  const files = {
    weights: new Map(Object.entries(parameterData(model.namedParameters()))),
    data: new Map([['prompt', tensorData(Int32Array.of(1, 2, 3), [1, 3])]]),
  };
  const spec = { architecture: 'gpt', config } as const;
  const paths = { weightsPath: '', dataPath: '' };
  const job = { task: 'generate', model: spec, threads: 1, tokenCount: 9, ...paths } as const;

  const compiled = await (await generateTurns(job, files, await loadEngine('wordloom', 1))).turn(2);
  await tf.setBackend('cpu');
  const eager = await (await generateTurns(job, files, { versions: {} })).turn(1);
  expect(compiled.milliseconds).toHaveLength(2);
  expect(compiled.outcomes).toHaveLength(9);
  expect(eager.outcomes).toEqual(compiled.outcomes);
});
