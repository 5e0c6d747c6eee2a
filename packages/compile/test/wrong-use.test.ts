import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { compile, compileTrainStep, type TensorData, tensorData, toTensorData } from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';

const runtime = await nodeRuntime({ threads: 1 });
const x = tensorData(new Float32Array(6), [2, 3]);

async function messageOf(program: unknown, inputs: unknown = { x }): Promise<string> {
  const compiled = compile(program as Parameters<typeof compile>[0], { runtime });
  return compiled(inputs as { x: TensorData }).then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

const negate = ({ x }: Record<string, tf.Tensor>) => ({ y: tf.neg(x!) });

describe('a program that returns something else than tensors by name is refused', () => {
  test.each<[string, (inputs: Record<string, tf.Tensor>) => unknown, string]>([
    ['nothing', () => undefined, 'must return an object of tensors by name, such as { y }, got undefined.'],
    ['one tensor', ({ x }) => tf.neg(x!), 'got one tensor of shape [2,3].'],
    ['a list', ({ x }) => [x], 'got a list.'],
    [
      'a promise',
      async ({ x }) => ({ y: await tf.neg(x!).data() }),
      'got a promise: a traced function must not be async',
    ],
    ['no tensor', () => ({}), 'must return at least one tensor, got an object without any.'],
    ['a number', () => ({ y: 3 }), 'lists or objects in them, got a number as "y".'],
    ['an object in it', ({ x }) => ({ y: { x } }), 'got an object as "y".'],
  ])('%s', async (_, program, message) => {
    const actual = await messageOf(program);
    expect(actual).toContain('TypeError: compile: the program must return');
    expect(actual).toContain(message);
  });
});

describe('what is no tensor on the host is refused', () => {
  test.each<[string, unknown, string]>([
    [
      'a tfjs tensor',
      tf.tensor1d([1, 2]),
      'got float32[2] without data. Make one with tensorData(array, shape), or of a tfjs tensor with toTensorData.',
    ],
    ['an array', new Float32Array(2), 'got a value of type Float32Array.'],
    ['nothing', undefined, 'got undefined.'],
    [
      'an array of another type',
      { ...x, dtype: 'int32' },
      'got int32[2,3] with an array of type Float32Array.',
    ],
    [
      'a list of numbers',
      { ...x, data: [1, 2, 3, 4, 5, 6] },
      'got float32[2,3] with an array of type Array.',
    ],
    [
      'too few numbers',
      { ...x, data: new Float32Array(5) },
      'ShapeError: compile: input "x" is float32[2,3], so its data must have 6 elements, got 5.',
    ],
  ])('%s', async (_, value, message) => {
    expect(await messageOf(negate, { x: value })).toContain(message);
  });

  test('tensorData takes the three array types alone, and whole sizes', () => {
    expect(() => tensorData(new Float64Array(2) as never, [2])).toThrow(
      'tensorData: data must be a Float32Array, an Int32Array or (for bool) a Uint8Array, got a value of type Float64Array.',
    );
    expect(() => tensorData([1, 2] as never, [2])).toThrow('got [1,2]. Convert it');
    expect(() => tensorData(new Float32Array(4), [-2, -2])).toThrow(
      'tensorData: shape must be a list of whole numbers from 0 on, got [-2,-2].',
    );
    expect(tensorData(new Float32Array(0), [0, 3]).shape).toEqual([0, 3]);
  });

  test('the arrays of a training step', async () => {
    const loss = ({ w }: Record<string, tf.Tensor>, { x }: Record<string, tf.Tensor>) =>
      tf.sum(tf.mul(w!, x!)) as tf.Scalar;
    const step = await compileTrainStep(loss, { runtime, parameters: { w: x }, batch: { x } });
    await expect(step.run({ x: { ...x, data: new Float32Array(5) } })).rejects.toThrow(
      'TrainStep.run: input "batch.x" is float32[2,3], so its data must have 6 elements, got 5.',
    );
    await step.release();
    await expect(
      compileTrainStep(loss, { runtime, parameters: { w: tf.scalar(1) as never }, batch: { x } }),
    ).rejects.toThrow('compileTrainStep: input "w" must be a tensor on the host');
  });
});

describe('compile', () => {
  test('refuses a runtime that is not awaited, what is no function, and no signatures', () => {
    expect(() => compile(negate, { runtime: nodeRuntime() as never })).toThrow(
      'compile: runtime must be what nodeRuntime() or webRuntime() resolves to, got a promise. Put await before it.',
    );
    expect(() => compile(negate, {} as never)).toThrow('got undefined.');
    expect(() => compile(undefined as never, { runtime })).toThrow(
      'compile: program must be a function, got undefined.',
    );
    expect(() => compile(negate, { runtime, maxSignatures: 0 })).toThrow(
      'compile: maxSignatures must be a positive integer, got 0.',
    );
  });

  test('is over when it is released', async () => {
    const compiled = compile(negate, { runtime });
    await compiled({ x });
    await compiled.release();
    await compiled.release();
    await expect(compiled({ x })).rejects.toThrow('compile: the function is released.');
  });

  test('names a tensor that is disposed', async () => {
    const gone = tf.zeros([3]);
    gone.dispose();
    expect(await messageOf(({ x }: Record<string, tf.Tensor>) => ({ y: tf.add(x!, gone) }))).toContain(
      'compile: the traced program uses a tensor of shape [3] that is disposed.',
    );
  });

  test('names a variable that the program assigns to', async () => {
    const average = tf.variable(tf.scalar(0), false, 'moving-average');
    expect(
      await messageOf(({ x }: Record<string, tf.Tensor>) => {
        average.assign(tf.mean(x!));
        return { y: tf.neg(x!) };
      }),
    ).toContain('compile: the traced program assigns to the variable "moving-average" of shape []');
    average.dispose();
  });

  test('leaves no tensors behind, whether it succeeds or fails', async () => {
    const before = tf.memory();
    expect(await messageOf(negate)).toBe('no error');
    expect(await messageOf(() => undefined)).not.toBe('no error');
    const { numTensors, numDataBuffers } = tf.memory();
    expect([numTensors, numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  });
});

test('gradient functions may use tensors of around them, as that of logSigmoid does', async () => {
  const compiled = compile(
    ({ x }) => {
      const value = (x: tf.Tensor): tf.Scalar => tf.sum(tf.logSigmoid(tf.mul(x, 2)));
      return { slope: tf.grad(value)(x!) };
    },
    { runtime },
  );
  const { slope } = await compiled({ x: tensorData(Float32Array.of(0, 1), [2]) });
  expect(slope!.data[0]).toBeCloseTo(1, 5);
  expect(slope!.data[1]).toBeCloseTo(2 / (1 + Math.exp(2)), 5);
  await compiled.release();
  expect((await toTensorData(tf.scalar(1))).shape).toEqual([]);
});
