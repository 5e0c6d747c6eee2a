import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  type AttentionOptions,
  attention,
  compile,
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  RandomStream,
  rmsNorm,
  silu,
  type TensorData,
  tensorData,
} from '../index.ts';
import { nodeRuntime } from '../node.ts';

const random = new RandomStream(2);

function normal(...shape: number[]): TensorData {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensorData(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** Compiled, eager and plainly written: one loss and one set of gradients. */
async function expectEqual(loss: LossFunction, plain: LossFunction, parameters: Record<string, TensorData>) {
  const runtime = await nodeRuntime({ threads: 1 });
  const steps = [
    await compileTrainStep(loss, { parameters, batch: {}, runtime }),
    eagerTrainStep(loss, { parameters, batch: {} }),
  ];
  const reference = eagerTrainStep(plain, { parameters, batch: {} });
  const expected = await reference.run({});
  for (const step of steps) {
    expect(await step.run({})).toBeCloseTo(expected, 4);
    for (const [name, gradient] of Object.entries(reference.gradients)) {
      gradient.forEach((value, index) => {
        expect(Math.abs(step.gradients[name]![index]! - value), `${name}[${index}]`).toBeLessThan(2e-5);
      });
    }
    await step.release();
  }
}

/** A sum with unequal weights, so that no gradient is all ones. */
function weighted(x: tf.Tensor): tf.Scalar {
  const weights = tf.reshape(tf.cos(tf.range(0, x.size, 1)), x.shape);
  return tf.sum(tf.mul(x, weights));
}

describe('attention', () => {
  /** Written out: every key head copied to its query heads, masked scores at −∞. */
  function plainAttention(
    q: tf.Tensor,
    k: tf.Tensor,
    v: tf.Tensor,
    allowed: boolean[][],
    { bias, scale }: Pick<AttentionOptions, 'bias' | 'scale'>,
  ): tf.Tensor {
    const group = q.shape[1]! / k.shape[1]!;
    const heads = Int32Array.from({ length: q.shape[1]! }, (_, head) => Math.floor(head / group));
    const [keys, values] = [k, v].map((x) => tf.gather(x, tf.tensor1d(heads, 'int32'), 1)) as [
      tf.Tensor,
      tf.Tensor,
    ];
    let scores = tf.mul(tf.matMul(q, keys, false, true), scale ?? 1 / Math.sqrt(q.shape[3]!));
    if (bias) scores = tf.add(scores, bias);
    const shown = tf.tensor2d(allowed.map((row) => row.map(Number)));
    const weights = tf.mul(tf.exp(scores), shown);
    const total = tf.add(tf.sum(weights, -1, true), tf.sub(1, tf.max(shown, -1, true)));
    return tf.matMul(tf.div(weights, total), values);
  }

  const see = (queries: number, keys: number, rule: (query: number, key: number) => boolean): boolean[][] =>
    Array.from({ length: queries }, (_, query) => Array.from({ length: keys }, (_, key) => rule(query, key)));

  test.each<[string, number, number, number, AttentionOptions, (query: number, key: number) => boolean]>([
    ['everywhere', 4, 3, 5, {}, () => true],
    ['into the past', 2, 4, 4, { causal: true }, (query, key) => key <= query],
    ['into the past, beside a cache', 2, 2, 5, { causal: true }, (query, key) => key <= query + 3],
    ['from before the first key', 2, 5, 3, { causal: true }, (query, key) => key <= query - 2],
    ['into a window', 2, 6, 6, { causal: true, window: 2 }, (query, key) => key <= query && key > query - 2],
    ['with its own scale', 2, 3, 3, { scale: 0.3 }, () => true],
    ['again in the backward pass', 2, 4, 4, { causal: true, recompute: true }, (query, key) => key <= query],
  ])('looks %s', async (_, keyHeads, queries, keys, options, rule) => {
    const parameters = {
      q: normal(2, 4, queries, 3),
      k: normal(2, keyHeads, keys, 3),
      v: normal(2, keyHeads, keys, 2),
    };
    await expectEqual(
      ({ q, k, v }) => weighted(attention(q!, k!, v!, options)),
      ({ q, k, v }) => weighted(plainAttention(q!, k!, v!, see(queries, keys, rule), options)),
      parameters,
    );
  });

  test('adds a learned bias, and obeys a mask under which one query sees nothing', async () => {
    const rule = (query: number, key: number): boolean => query !== 1 && key !== 2;
    const allowed = see(3, 4, rule);
    const mask = (): tf.Tensor =>
      tf.tensor2d(
        allowed.map((row) => row.map(Number)),
        [3, 4],
        'bool',
      );
    const parameters = {
      q: normal(2, 2, 3, 3),
      k: normal(2, 1, 4, 3),
      v: normal(2, 1, 4, 3),
      bias: normal(2, 1, 4),
    };
    await expectEqual(
      ({ q, k, v, bias }) => weighted(attention(q!, k!, v!, { mask: mask(), bias: bias! })),
      ({ q, k, v, bias }) => weighted(plainAttention(q!, k!, v!, allowed, { bias: bias! })),
      parameters,
    );
  });

  const masked = (key: number): boolean => key % 3 === 0;
  const mask = (): tf.Tensor =>
    tf.tensor(
      [...Array(520).keys()].map((key) => !masked(key)),
      [1, 1, 1, 520],
      'bool',
    );

  test.each<[string, number, number, () => AttentionOptions, (query: number, key: number) => boolean]>([
    ['into the past', 520, 520, () => ({}), (query, key) => key <= query],
    ['into the past, beside a cache', 512, 530, () => ({}), (query, key) => key <= query + 18],
    ['into a window', 600, 600, () => ({ window: 30 }), (query, key) => key <= query && key > query - 30],
    ['under a mask', 520, 520, () => ({ mask: mask() }), (query, key) => key <= query && !masked(key)],
    ['again in the backward pass', 520, 520, () => ({ recompute: true }), (query, key) => key <= query],
  ])('looks in blocks where there are many queries: %s', async (_, queries, keys, options, rule) => {
    await expectEqual(
      ({ q, k, v }) => weighted(attention(q!, k!, v!, { causal: true, ...options() })),
      ({ q, k, v }) => weighted(plainAttention(q!, k!, v!, see(queries, keys, rule), {})),
      { q: normal(1, 2, queries, 2), k: normal(1, 1, keys, 2), v: normal(1, 1, keys, 2) },
    );
  });

  test('a trace for any length has no blocks, and gives the same', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const shape = ['batch', 2, 'length', 4];
    const q = normal(1, 2, 520, 4);
    const program = ({ q }: Record<string, tf.Tensor>) => ({ y: attention(q!, q!, q!, { causal: true }) });
    const general = await compile(program, {
      runtime,
      inputs: { q: { dtype: 'float32', shape } },
      dimensions: { length: { max: 600 } },
    });
    const fixed = await compile(program, { runtime });
    const [expected, got] = [(await fixed({ q })).y!.data, (await general({ q })).y!.data];
    expect(
      Math.max(...got.map((value, index) => Math.abs(Number(value) - Number(expected[index])))),
    ).toBeLessThan(1e-5);
  });

  test('refuses shapes and options that do not fit', () => {
    const q = tf.zeros([1, 4, 2, 3]);
    expect(() => attention(q, tf.zeros([1, 3, 2, 3]), tf.zeros([1, 3, 2, 3]))).toThrow(
      'key heads dividing heads',
    );
    expect(() => attention(q, q, q, { window: 2 })).toThrow(
      'window must be a positive integer and goes with causal',
    );
    expect(() => attention(q, q, q, { mask: tf.ones([2, 2]) })).toThrow('mask must be bool');
    expect(() => attention(q, q, q, { bias: tf.ones([3, 2]) })).toThrow('bias must broadcast to');
  });
});

test('rmsNorm is x over its root mean square, times the weight', async () => {
  await expectEqual(
    ({ x, weight }) => weighted(rmsNorm(x!, weight!, 1e-3)),
    ({ x, weight }) =>
      weighted(tf.mul(tf.div(x!, tf.sqrt(tf.add(tf.mean(tf.square(x!), -1, true), 1e-3))), weight!)),
    { x: normal(2, 3, 5), weight: normal(5) },
  );
});

test('silu is x σ(x)', async () => {
  await expectEqual(
    ({ x }) => weighted(silu(x!)),
    ({ x }) => weighted(tf.mul(x!, tf.sigmoid(x!))),
    { x: normal(3, 7) },
  );
});
