import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { expectClose } from '../../test/pytorch.ts';
import { randomWindows } from '../data/random-windows.ts';
import { Parameter } from '../module/parameter.ts';
import { train } from '../training/train.ts';
import { AdamW } from './adamw.ts';
import { hiddenMatrices, Muon, type MuonOptions } from './muon.ts';
import { newtonSchulz } from './newton-schulz.ts';

const values = (length: number, phase: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => Math.sin(phase + 3 * index));

const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'tokenEmbedding.weight': [3, 4],
  'block.weight': [4, 3],
  'block.second': [4, 3],
  'block.bias': [4],
  'block.filter': [2, 2, 3],
  'head.weight': [2, 4],
};
const sizeOf = (name: string): number => SHAPES[name]!.reduce((product, size) => product * size);
const parameters = (): Map<string, Parameter> =>
  new Map(
    Object.entries(SHAPES).map(([name, shape]) => [name, new Parameter(values(sizeOf(name), 1), shape)]),
  );
const gradientsAt = (step: number): Record<string, Float32Array> =>
  Object.fromEntries(Object.keys(SHAPES).map((name) => [name, values(sizeOf(name), step)]));

test('a diagonal matrix is orthogonalized as its elements are by the polynomial, and nothing else is left', () => {
  const [big, small] = [3, 0.5];
  const scalar = (x: number): number => 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5;
  const expected = [big, small].map((x) => {
    let y = x / Math.hypot(big, small);
    for (let iteration = 0; iteration < 4; iteration++) y = scalar(y);
    return y;
  });
  const before = tf.memory().numTensors;
  const x = tf.tensor2d([big, 0, 0, 0, small, 0], [2, 3]);
  const y = newtonSchulz(x, 4);
  expectClose(y.dataSync(), [expected[0]!, 0, 0, 0, expected[1]!, 0]);
  tf.dispose([x, y]);
  expect(tf.memory().numTensors).toBe(before);
});

test('hidden matrices are orthogonalized; embeddings, heads, vectors and stacks take the steps of AdamW', async () => {
  const all = parameters();
  expect(Array.from(all).filter(([name, parameter]) => hiddenMatrices(name, parameter))).toHaveLength(2);
  const options = { learningRate: 0.1, weightDecay: 0.2, beta2: 0.9 };
  const optimizer = new Muon(all, { ...options, runtime: await nodeRuntime({ threads: 1 }) });
  const others = new Map(Array.from(parameters()).filter(([name]) => !/block\.(weight|second)/.test(name)));
  const adam = new AdamW(others, options);
  for (let step = 0; step < 3; step++) {
    const gradients = gradientsAt(step);
    await optimizer.step(gradients);
    adam.step(Object.fromEntries(Object.entries(gradients).filter(([name]) => others.has(name))));
  }
  for (const [name, { data }] of others) expect(all.get(name)!.data, name).toEqual(data);
  const slots = Object.keys(optimizer.state().tensors).filter((key) => /block\.(weight|second)/.test(key));
  expect(slots).toEqual(['momentum.block.weight', 'momentum.block.second']);
  await optimizer.release();
  await optimizer.step(gradientsAt(4)); // compiled anew
  await optimizer.release();
});

test('groups and the choice of matrices decide what is orthogonalized; other ranks never are', async () => {
  const slotsOf = async (options: MuonOptions): Promise<string[]> => {
    const optimizer = new Muon(parameters(), options);
    await optimizer.step(gradientsAt(0));
    return Object.keys(optimizer.state().tensors).filter((key) => key.startsWith('momentum'));
  };
  expect(await slotsOf({ orthogonalizes: () => true })).toEqual([
    'momentum.tokenEmbedding.weight',
    'momentum.block.weight',
    'momentum.block.second',
    'momentum.head.weight',
  ]);
  const second = { parameters: (name: string) => name.endsWith('second'), orthogonalize: false };
  expect(await slotsOf({ groups: [second] })).toEqual(['momentum.block.weight']);
});

test('train awaits the steps', async () => {
  const tokens = Int32Array.from({ length: 60 }, (_, index) => (index * index) % 7);
  const losses = async (runtimeOptions: object): Promise<number[]> => {
    const model = new MaskedBigram();
    const optimizer = new Muon(model.namedParameters(), {
      learningRate: 0.1,
      orthogonalizes: () => true,
      ...runtimeOptions,
    });
    const data = randomWindows(tokens, { batchSize: 4, contextLength: 8, seed: 0 });
    const result: number[] = [];
    for await (const event of train(model, data, { steps: 12, optimizer, ...runtimeOptions })) {
      if (event.type === 'step-end') result.push(event.loss);
    }
    return result;
  };
  const eager = await losses({});
  expect(eager[11]).toBeLessThan(0.6 * eager[0]!);
  expectClose(await losses({ runtime: await nodeRuntime({ threads: 1 }) }), eager, 1e-4);
});

test('steps that overlap, foreign gradients and settings out of range are refused', async () => {
  const optimizer = new Muon(parameters());
  const [first, second] = [optimizer.step(gradientsAt(0)), optimizer.step(gradientsAt(1))];
  await expect(second).rejects.toThrow('Muon.step: the last step must be awaited first, got another.');
  await first;
  await expect(optimizer.step({ other: new Float32Array(1) })).rejects.toThrow('got other');
  await optimizer.step(gradientsAt(1));
  expect(optimizer.stepCount).toBe(2);
  expect(() => new Muon(new Map(), { momentum: 1 })).toThrow('Muon: momentum must be in [0, 1), got 1.');
  expect(() => new Muon(new Map(), { iterations: 0 })).toThrow(
    'Muon: iterations must be a positive integer, got 0.',
  );
  expect(() => new Muon(new Map(), { scale: 'spectral' as 'original' })).toThrow(
    'Muon: scale must be match-adam or original, got spectral.',
  );
});
