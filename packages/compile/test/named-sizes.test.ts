import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  attention,
  type CompileOptions,
  compile,
  compileTrainStep,
  dropout,
  eagerTrainStep,
  embeddingLookup,
  gelu,
  type InputSpec,
  type LossFunction,
  layerNorm,
  linear,
  quantize,
  quantizedLinear,
  ShapeError,
  scan,
  softmaxCrossEntropy,
  type TensorData,
  tensorData,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';
import { specsAt } from '../src/sizes/input-spec.ts';
import { countSessions } from './counting-runtime.ts';
import { normal } from './step-equality.ts';

const runtime = await nodeRuntime({ threads: 1 });
const float = (...shape: (number | string)[]): InputSpec => ({ dtype: 'float32', shape });
const int = (...shape: (number | string)[]): InputSpec => ({ dtype: 'int32', shape });

const small = (...shape: number[]): TensorData => {
  const tensor = normal(...shape);
  return { ...tensor, data: tensor.data.map((value) => 0.3 * value) };
};

/** A model, its batch, and the sizes to try. */
interface Case {
  readonly loss: LossFunction;
  readonly parameters: Record<string, TensorData>;
  readonly batch: Record<string, InputSpec>;
  readonly dimensions?: NonNullable<CompileOptions['dimensions']>;
  readonly sizes: readonly Record<string, number>[];
}

const perceptron: Case = {
  loss: ({ w1, w2, scale, shift }, { x, y }) => {
    const normed = layerNorm(x!, scale!, shift!);
    const hidden = dropout(tf.relu(linear(normed, w1!)), 0.25);
    return tf.losses.meanSquaredError(y!, linear(hidden, w2!));
  },
  parameters: { w1: normal(16, 6), w2: normal(3, 16), scale: normal(6), shift: normal(6) },
  batch: { x: float('batch', 6), y: float('batch', 3) },
  sizes: [{ batch: 1 }, { batch: 2 }, { batch: 16 }, { batch: 3 }],
};

/** Convolutions with a stride; its rows are as many as there are, the columns fixed. */
const convolution: Case = {
  loss: ({ filter, depthwise, w, offset, scale }, { image, label }) => {
    const rows = tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
    const normed = tf.batchNorm(
      rows,
      tf.mean(rows, [0, 1, 2]) as tf.Tensor1D,
      tf.mean(tf.square(tf.sub(rows, tf.mean(rows, [0, 1, 2], true))), [0, 1, 2]) as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
    );
    const deep = tf.depthwiseConv2d(tf.relu(normed) as tf.Tensor4D, depthwise as tf.Tensor4D, 1, 'valid');
    const pooled = tf.maxPool(deep, [1, 2], [1, 2], 'valid');
    const flat = tf.reshape(tf.mean(pooled, 1), [image!.shape[0]!, -1]);
    return softmaxCrossEntropy(linear(flat, w!), label!);
  },
  parameters: {
    filter: normal(3, 3, 2, 4),
    depthwise: normal(3, 3, 4, 1),
    w: normal(5, 12),
    offset: normal(4),
    scale: normal(4),
  },
  batch: { image: float('batch', 'height', 8, 2), label: int('batch') },
  dimensions: { height: { min: 3 } },
  sizes: [
    { batch: 2, height: 6 },
    { batch: 1, height: 3 },
    { batch: 5, height: 9 },
  ],
};

/** Tokens with learned positions, causal attention, a feed-forward layer, the embedding as output. */
const attentionBlock: Case = {
  loss: (p, { ids, targets }) => {
    const [batch, length] = ids!.shape as [number, number];
    const positions = embeddingLookup(p.positions!, tf.range(0, length, 1, 'int32'));
    let x = dropout(tf.add(embeddingLookup(p.tokens!, ids!), positions), 0.1);
    const qkv = tf.reshape(linear(layerNorm(x, p.scale!, p.shift!), p.qkv!), [batch, length, 3, 2, 4]);
    const [q, k, v] = tf
      .split(qkv, 3, 2)
      .map((part) => tf.transpose(tf.squeeze(part, [2]), [0, 2, 1, 3])) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const mixed = tf.transpose(attention(q, k, v, { causal: true }), [0, 2, 1, 3]);
    x = tf.add(x, linear(tf.reshape(mixed, [batch, length, 8]), p.project!));
    x = tf.add(x, linear(gelu(linear(x, p.up!)), p.down!));
    return {
      loss: softmaxCrossEntropy(linear(x, p.tokens!), targets!),
      last: tf.slice(x, [0, length - 1, 0], [batch, 1, 8]),
    };
  },
  parameters: {
    tokens: small(11, 8),
    positions: small(20, 8),
    scale: small(8),
    shift: small(8),
    qkv: small(24, 8),
    project: small(8, 8),
    up: small(16, 8),
    down: small(8, 16),
  },
  batch: { ids: int('batch', 'length'), targets: int('batch', 'length') },
  dimensions: { length: { max: 20 } },
  sizes: [
    { batch: 3, length: 5 },
    { batch: 1, length: 20 },
    { batch: 2, length: 1 },
    { batch: 9, length: 9 },
  ],
};

const longShortTermMemory: Case = {
  loss: (p, { ids, targets }) => {
    const [batch] = ids!.shape as [number, number];
    const rows = tf.transpose(embeddingLookup(p.tokens!, ids!), [1, 0, 2]);
    const { outputs } = scan(
      ({ state, cell }, { row }) => {
        const gates = tf.add(tf.add(linear(row, p.input!), linear(state, p.recurrent!)), p.bias!);
        const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const next = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        const hidden = tf.mul(tf.sigmoid(o), tf.tanh(next));
        return { carry: { state: hidden, cell: next }, outputs: { hidden: dropout(hidden, 0.2) } };
      },
      { carry: { state: tf.zeros([batch, 6]), cell: tf.zeros([batch, 6]) }, inputs: { row: rows } },
    );
    const hidden = tf.transpose(outputs.hidden, [1, 0, 2]);
    return softmaxCrossEntropy(linear(hidden, p.tokens!), targets!);
  },
  parameters: {
    tokens: normal(11, 6),
    input: normal(24, 6),
    recurrent: normal(24, 6),
    bias: normal(24),
  },
  batch: { ids: int('batch', 'length'), targets: int('batch', 'length') },
  sizes: [
    { batch: 3, length: 5 },
    { batch: 1, length: 12 },
    { batch: 4, length: 1 },
    { batch: 2, length: 2 },
  ],
};

function batchAt(
  inputs: Record<string, InputSpec>,
  sizes: Record<string, number>,
): Record<string, TensorData> {
  const tensors = Object.entries(specsAt(inputs, sizes)).map(([name, { dtype, shape }], number) => {
    if (dtype === 'float32') return [name, normal(...shape)] as const;
    const length = shape.reduce((product, size) => product * size, 1);
    const ids = Int32Array.from({ length }, (_, index) => (index * 7 + 3 * number) % 5);
    return [name, tensorData(ids, shape)] as const;
  });
  return Object.fromEntries(tensors);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  expect(actual.length, name).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    expect(difference / (1 + Math.abs(expected[index]!)), `${name}[${index}]`).toBeLessThan(1e-4);
  }
}

describe('named sizes', () => {
  test.each(Object.entries({ perceptron, convolution, attentionBlock, longShortTermMemory }))(
    'one session trains a %s at all batch sizes and lengths, with the eager loss and gradients',
    async (_, { loss, parameters, batch, dimensions = {}, sizes }) => {
      const counting = countSessions(runtime);
      const step = await compileTrainStep(loss, { runtime: counting.runtime, parameters, batch, dimensions });
      const eager = eagerTrainStep(loss, { parameters, batch });
      for (const [number, chosen] of [...sizes, sizes[0]!].entries()) {
        const given = batchAt(batch, chosen);
        const draw = { seed: 4, step: number };
        const at = JSON.stringify(chosen);
        expectClose([await step.run(given, draw)], [await eager.run(given, draw)], `loss at ${at}`);
        for (const [name, gradient] of Object.entries(eager.gradients))
          expectClose(step.gradients[name]!, gradient, `gradient of ${name} at ${at}`);
        for (const [name, { shape, data }] of Object.entries(eager.auxiliary)) {
          expect(step.auxiliary[name]!.shape).toEqual(shape);
          expectClose(step.auxiliary[name]!.data, data, `${name} at ${at}`);
        }
      }
      const explained = await step.explain({
        batch: batchAt(batch, sizes[0]!),
        draw: { seed: 0, step: 0 },
        runs: 1,
      });
      expect(explained.times!.length).toBeGreaterThan(3);
      await step.release();
      expect([counting.made(), counting.released()]).toEqual([1, 1]);
    },
  );

  test('a compiled function has one session for all sizes with names, and one for each of the others', async () => {
    const counting = countSessions(runtime);
    const offset = tf.tensor1d([1, 2]);
    const compiled = compile(
      ({ x, y }) => {
        const [rows] = x!.shape as [number];
        return {
          mean: tf.mul(tf.sum(tf.add(x!, offset)), 1 / rows),
          joined: tf.concat([x!, tf.fill([rows, 1], rows)], 1),
          y: tf.neg(y!),
        };
      },
      { runtime: counting.runtime, inputs: { x: float('rows', 2) } },
    );
    for (const rows of [1, 2, 7]) {
      const x = tensorData(new Float32Array(2 * rows).fill(1), [rows, 2]);
      const { mean, joined, y } = await compiled({ x, y: normal(3) });
      expect([...mean!.data]).toEqual([5]);
      expect([joined!.shape, [...joined!.data.slice(0, 3)], y!.shape]).toEqual([
        [rows, 3],
        [1, 1, rows],
        [3],
      ]);
    }
    expect(counting.made()).toBe(1);
    await compiled({ x: normal(2, 2), y: normal(4) });
    expect(counting.made(), 'y has another size').toBe(2);
    await compiled.release();
    offset.dispose();
  });

  test('products with stored weights take any number of rows', async () => {
    const weight = quantize(normal(24, 64).data as Float32Array, [24, 64], { type: 'int4', blockSize: 32 });
    const program = ({ x }: Record<string, tf.Tensor>) => ({ y: quantizedLinear(x!, weight) });
    const fixed = compile(program, { runtime });
    const named = compile(program, { runtime, inputs: { x: float('rows', 64) } });
    for (const rows of [1, 65]) {
      const x = normal(rows, 64);
      expectClose((await named({ x })).y!.data, (await fixed({ x })).y!.data, `${rows} rows`);
    }
    await Promise.all([fixed.release(), named.release()]);
  });

  const here = /\n {2}by the kernel \w+, in the traced program at .*named-sizes\.test\.ts:\d+:\d+$/;
  test.each<[string, (x: tf.Tensor) => tf.Tensor, string]>([
    ['branches on a size', (x) => (x.shape[0]! > 6 ? tf.exp(x) : tf.abs(x)), 'Abs([5,2]) is Exp([7,2])'],
    [
      'computes with the square of a size',
      (x) => tf.mul(x, x.shape[0]! ** 2),
      'a number of Mul is 25, 49, 121',
    ],
    ['rounds a size', (x) => tf.slice(x, 0, x.shape[0]! >> 1), 'a size of Slice is 2, 3, 5'],
    [
      'makes a table as long as it likes',
      (x) => tf.add(x, tf.expandDims(tf.range(0, x.shape[0]!), 1)),
      'Give dimensions.length.max.',
    ],
  ])('a program that %s is refused with the kernel and the line', async (_, program, message) => {
    const compiled = compile(({ x }) => ({ y: program(x!) }), {
      runtime,
      inputs: { x: float('length', 2) },
    });
    const error = await compiled({ x: normal(4, 2) }).then(
      () => new Error('none'),
      (error: Error) => error,
    );
    expect(error.message).toContain(
      'compile: the program must do the same at all sizes, but at {"length":5}, {"length":7}',
    );
    expect(error.message).toContain(message);
    expect(error.message).toMatch(here);
  });

  test('a program that holds a size in a number is refused with the sizes and the line', async () => {
    const compiled = compile(({ x }) => ({ y: tf.reshape(x!, [4, 2, 1]) }), {
      runtime,
      inputs: { x: float('length', 2) },
    });
    await expect(compiled({ x: normal(4, 2) })).rejects.toThrow(
      /the program must work at all sizes, but not at \{"length":\d+\}: .*\n {2}in the traced program at .*named-sizes\.test\.ts/s,
    );
  });

  test('a program that treats a size of 1 in its own way is refused, or kept from it', async () => {
    const program = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.squeeze(x!) });
    const x = normal(3, 2);
    const all = compile(program, { runtime, inputs: { x: float('batch', 2) } });
    await expect(all({ x })).rejects.toThrow(
      'at {"batch":1} the output y has the shape [2], not [1,2]. Give dimensions.batch.min: 2, or name the axes of a squeeze.',
    );
    const some = compile(program, {
      runtime,
      inputs: { x: float('batch', 2) },
      dimensions: { batch: { min: 2 } },
    });
    expect((await some({ x })).y!.shape).toEqual([3, 2]);
    await expect(some({ x: normal(1, 2) })).rejects.toThrow(
      'compile: the size batch must be at least 2, got 1.',
    );
    await some.release();
  });

  test('inputs that contradict each other, or what was said of them, are refused', async () => {
    const options = {
      runtime,
      inputs: { x: float('batch', 2), y: float('batch') },
      dimensions: { batch: { max: 9 } },
    };
    const compiled = compile(({ x, y }) => ({ z: tf.mul(x!, tf.expandDims(y!, 1)) }), options);
    const refusal = async (x: TensorData, y: TensorData): Promise<unknown> =>
      compiled({ x, y }).catch((error) => error);
    expect(await refusal(normal(3, 2), normal(4))).toEqual(
      new ShapeError('compile: input "y" must be float32[batch] with batch = 3, got float32[4].'),
    );
    expect(await refusal(normal(3, 3), normal(3))).toBeInstanceOf(ShapeError);
    expect(await refusal(normal(10, 2), normal(10))).toEqual(
      new RangeError('compile: the size batch must be from 1 to 9, got 10.'),
    );
    expect(() => compile(({ x }) => ({ x: x! }), { ...options, dimensions: { bach: {} } })).toThrow(
      'compile: dimensions must be of named sizes (batch), got bach.',
    );
    await compiled.release();
  });
});
