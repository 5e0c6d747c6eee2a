import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { countSessions } from '../test/counting-runtime.ts';
import { compile, compileTrainStep, dropout, ShapeError, tensorData, withRandomness } from './index.ts';
import { nodeRuntime } from './node.ts';

const runtime = await nodeRuntime({ threads: 1 });
const vector = (...values: number[]) => tensorData(Float32Array.from(values), [values.length]);

test('a compiled program computes what the eager one does, for every shape it is given', async () => {
  const compiled = compile(({ x, y }) => ({ sum: tf.add(x!, y!), product: tf.sum(tf.mul(x!, y!)), x: x! }), {
    runtime,
  });
  const { sum, product, x } = await compiled({ x: vector(1, 2, 3), y: vector(4, 5, 6) });
  expect([...sum!.data]).toEqual([5, 7, 9]);
  expect([product!.shape, ...product!.data]).toEqual([[], 32]);
  expect([...x!.data], 'an input may be an output').toEqual([1, 2, 3]);
  expect([...(await compiled({ x: vector(1, 2), y: vector(3, 4) })).product!.data]).toEqual([11]);
  await compiled.release();
});

test('eager tensors that a program uses become constants, and stay usable outside', async () => {
  const offset = tf.tensor1d([10, 20]);
  const compiled = compile(({ x }) => ({ y: tf.add(x!, offset) }), { runtime });
  expect([...(await compiled({ x: vector(1, 2) })).y!.data]).toEqual([11, 22]);
  expect([...offset.dataSync()]).toEqual([10, 20]);
  expect([...tf.add(offset, 1).dataSync()]).toEqual([11, 21]);
  offset.dispose();
});

test('eager tensors that share their data are constants of their own shape and type', async () => {
  const counts = tf.tensor1d([1, 2, 3, 4], 'int32');
  const square = tf.reshape(counts, [2, 2]);
  const floats = tf.cast(square, 'float32'); // the cpu backend keeps the same Int32Array
  const compiled = compile(
    ({ x }) => ({ y: tf.add(tf.mul(x!, floats), tf.mul(x!, tf.cast(square, 'float32'))) }),
    {
      runtime,
    },
  );
  const { y } = await compiled({ x: vector(1, 0.5) });
  expect([y!.shape, ...y!.data]).toEqual([[2, 2], 2, 2, 6, 4]);
  expect([...counts.dataSync()]).toEqual([1, 2, 3, 4]);
  tf.dispose([counts, square, floats]);
});

test('tracing leaves the active backend as it was and no tensor behind', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory();
  const compiled = compile(({ x }) => ({ y: tf.tidy(() => tf.exp(tf.add(x!, 1))) }), { runtime });
  await compiled({ x: vector(1, 2) });
  const failing = compile(({ x }) => ({ y: tf.tensor1d(x!.dataSync() as Float32Array) }), { runtime });
  await expect(failing({ x: vector(1, 2) })).rejects.toThrow('reads the values of a tensor of shape [2]');
  expect(tf.getBackend()).toBe('cpu');
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
});

test('a kernel that cannot be traced is named', async () => {
  const compiled = compile(({ x }) => ({ y: tf.unique(x!).values }), { runtime });
  await expect(compiled({ x: vector(1, 1) })).rejects.toThrow(/Unique/);
});

test('the least recently used signature is dropped first', async () => {
  let traces = 0;
  const counting = countSessions(runtime);
  const compiled = compile(
    ({ x }) => {
      traces++;
      return { y: tf.neg(x!) };
    },
    { runtime: counting.runtime, maxSignatures: 2 },
  );
  const run = async (length: number): Promise<void> => {
    await compiled({ x: vector(...Array<number>(length).fill(1)) });
  };
  for (const length of [1, 2, 1, 3, 1]) await run(length);
  expect(traces, 'length 2 was dropped for length 3').toBe(3);
  await run(2);
  expect(traces).toBe(4);
  await expect.poll(counting.released).toBe(2); // what was dropped
  await compiled.release();
  expect([counting.made(), counting.released()]).toEqual([4, 4]);
});

test('randomness is off without a draw, and the same numbers as eager with one', async () => {
  const program = ({ x }: Record<string, tf.Tensor>) => ({ y: dropout(x!, 0.5) });
  const compiled = compile(program, { runtime });
  const x = tensorData(new Float32Array(64).fill(1), [64]);
  expect((await compiled({ x })).y!.data).toEqual(x.data);
  const draw = { seed: 11, step: 2 };
  const eager = tf.tidy(() =>
    withRandomness(draw, () => program({ x: tf.tensor1d(x.data as Float32Array) })),
  );
  expect((await compiled({ x }, draw)).y!.data).toEqual(await eager.y.data());
  expect(() => dropout(eager.y, 1)).toThrow('dropout: rate must be in [0, 1), got 1.');
  eager.y.dispose();
});

test('a parameter that the loss does not use gets a zero gradient, a frozen one gets none', async () => {
  const parameters = { used: vector(1, 2), unused: vector(5), frozen: vector(3, 4) };
  const step = await compileTrainStep(
    ({ used, frozen }, { x }) => tf.sum(tf.mul(tf.mul(used!, frozen!), x!)) as tf.Scalar,
    { runtime, parameters, batch: { x: vector(1, 1) }, trainable: (name) => name !== 'frozen' },
  );
  expect(await step.run({ x: vector(1, 10) })).toBe(83);
  expect(Object.entries(step.gradients).map(([name, gradient]) => [name, ...gradient])).toEqual([
    ['used', 3, 40],
    ['unused', 0],
  ]);
  parameters.used.data[0] = 2; // in place: the next run sees it
  expect(await step.run({ x: vector(1, 10) })).toBe(86);
  await step.release();
});

test('wrong arguments are refused with what was expected', async () => {
  expect(() => tensorData(new Float32Array(3), [2])).toThrow(ShapeError);
  expect(() => tensorData(new Float32Array(3), [2])).toThrow('got [2] (2) for 3 elements');
  await expect(nodeRuntime({ threads: 0 })).rejects.toThrow(
    'nodeRuntime: threads must be a positive integer, got 0.',
  );
});

test('the arrays of donated inputs are used for later outputs', async () => {
  const grow = compile(({ cache, x }) => ({ cache: tf.add(cache!, x!), sum: tf.sum(cache!) }), {
    runtime: await nodeRuntime(),
    donate: ['cache'],
  });
  const x = tensorData(Float32Array.of(1, 2), [2]);
  const first = tensorData(new Float32Array(2), [2]);
  const second = (await grow({ cache: first, x })).cache!;
  const third = (await grow({ cache: second, x })).cache!;
  expect(third.data).toBe(first.data);
  expect([...third.data]).toEqual([2, 4]);
  const fourth = (await grow({ cache: third, x })).cache!;
  expect(fourth.data).toBe(second.data);
  expect([...fourth.data]).toEqual([3, 6]);
});

test('calls at the same time wait for each other: each has its own random numbers, and none is released under way', async () => {
  const noisy = compile(({ x }) => ({ y: dropout(x!, 0.5) }), { runtime, maxSignatures: 1 });
  const ones = (length: number) => tensorData(new Float32Array(length).fill(1), [length]);
  const draws = [0, 1, 2, 3].map((step) => ({ seed: 0, step }));
  const alone: number[][] = [];
  for (const draw of draws) alone.push([...(await noisy({ x: ones(1000) }, draw)).y!.data]);
  const together = draws.map((draw) => noisy({ x: ones(1000) }, draw));
  const other = noisy({ x: ones(10) }, draws[0]); // drops the first signature while it is running
  expect((await Promise.all(together)).map(({ y }) => [...y!.data])).toEqual(alone);
  expect((await other).y!.shape).toEqual([10]);
  await noisy.release();
});

test('a released step says so', async () => {
  const step = await compileTrainStep(({ w }) => tf.sum(w!) as tf.Scalar, {
    runtime,
    parameters: { w: vector(1) },
    batch: {},
  });
  await step.release();
  await step.release();
  await expect(step.run({})).rejects.toThrow('TrainStep.run: the program is released.');
});

test('tracing leaves no tensors behind', async () => {
  const before = tf.memory().numTensors;
  const step = await compileTrainStep(
    ({ w }, { x }) => {
      const hidden = withRandomness({ seed: 0, step: 0 }, () => dropout(tf.mul(w!, x!), 0.5));
      return { loss: tf.mean(hidden) as tf.Scalar, hidden };
    },
    { runtime, parameters: { w: vector(1, 2) }, batch: { x: vector(3, 4) } },
  );
  expect(tf.memory().numTensors).toBe(before);
  await step.release();
});
