import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { linear, RandomStream, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { Embedding } from '../layers/embedding.ts';
import { Linear } from '../layers/linear.ts';
import { MultiHeadAttention } from '../layers/multi-head-attention.ts';
import { RMSNorm } from '../layers/rms-norm.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { RotaryEmbedding } from '../positions/rotary-embedding.ts';
import { train } from '../training/train.ts';
import { freeze, unfreeze } from './freeze.ts';
import { Module } from './module.ts';
import { modelData } from './parameter-data.ts';
import { replaceModule } from './replace-module.ts';

const random = new RandomStream(4);
const rotary = new RotaryEmbedding(4);

class Block extends Module {
  readonly norm = new RMSNorm(8);
  readonly attention = new MultiHeadAttention(8, { headCount: 2, keyHeadCount: 1, rotary, random });

  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(x, this.attention.forward(this.norm.forward(x), { causal: true }));
  }
}

/** The output layer is the embedding once more. */
class Model extends Module {
  readonly tokens = new Embedding(6, 8, { random });
  readonly blocks = [new Block(), new Block()];
  readonly head = { weight: this.tokens.weight };

  loss({ inputs, targets }: Record<string, tf.Tensor>): tf.Scalar {
    const hidden = this.blocks.reduce((x, block) => block.forward(x), this.tokens.forward(inputs!));
    return crossEntropy(linear(hidden, this.head.weight.value), targets!);
  }
}

/** W + B A, with A narrow. */
class LowRank extends Module {
  readonly base: Linear;
  readonly a: Linear;
  readonly b: Linear;

  constructor(base: Linear, rank: number) {
    super();
    const [outputs, inputs] = base.weight.shape as [number, number];
    this.base = base;
    this.a = new Linear(inputs, rank, { bias: false, random });
    this.b = new Linear(rank, outputs, {
      bias: false,
      initializer: (shape) => new Float32Array(shape[0]! * shape[1]!),
    });
  }

  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(this.base.forward(x), this.b.forward(this.a.forward(x)));
  }
}

test('adapters in a frozen model train alone', async () => {
  const model = new Model();
  for (const block of ['blocks.0', 'blocks.1']) {
    for (const part of ['query', 'value', 'output']) {
      replaceModule(model, `${block}.attention.${part}`, (old) => new LowRank(old as Linear, 2));
    }
  }
  freeze(model);
  const adapters = unfreeze(model, 'blocks.*.attention.*.{a,b}');
  expect(adapters).toHaveLength(12);
  expect(adapters[0]).toBe('blocks.0.attention.query.a.weight');
  expect(model.namedParameters().has('head.weight')).toBe(false);

  const before = new Map(Object.entries(modelData(model)).map(([name, { data }]) => [name, data.slice()]));
  const row = Int32Array.of(0, 3, 1, 4, 1, 5, 2);
  const batch = { inputs: tensorData(row.slice(0, 6), [1, 6]), targets: tensorData(row.slice(1), [1, 6]) };
  const losses: number[] = [];
  for await (const event of train(
    model,
    { tokensPerBatch: 6, batch: () => batch },
    {
      steps: 60,
      optimizer: new AdamW(model.namedParameters(), { learningRate: 0.03 }),
      runtime: await nodeRuntime({ threads: 1 }),
    },
  )) {
    if (event.type === 'step-end') losses.push(event.loss);
  }
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
  const changed = Object.entries(modelData(model)).filter(([name, { data }]) => {
    const old = before.get(name)!;
    return data.some((value: number, index: number) => value !== old[index]);
  });
  expect(changed.map(([name]) => name)).toEqual(adapters);
});
