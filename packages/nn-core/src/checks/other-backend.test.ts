import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradientCheck } from './gradient-check.ts';

/** Keeps bytes, as backends in WebAssembly and on GPUs do, and says what was written to it. */
class ByteBackend extends MathBackendCPU {
  override readSync(dataId: object): tf.TypedArray {
    const values = super.readSync(dataId) as tf.TypedArray;
    return new Float32Array(values.slice().buffer as ArrayBuffer);
  }
  override move(dataId: object, values: tf.TypedArray, shape: number[], dtype: tf.DataType): void {
    expect(values.BYTES_PER_ELEMENT).toBe(4);
    super.move(dataId, values, shape, dtype as tf.NumericDataType, 1);
  }
}

beforeAll(async () => {
  tf.registerBackend('bytes', () => new ByteBackend());
  for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: 'bytes' });
  await tf.setBackend('bytes');
});
afterAll(() => tf.removeBackend('bytes'));

test('tensors that a program holds on another backend are read right, and stay right', async () => {
  const held = tf.tensor2d([
    [0.1, 2],
    [3, -4],
  ]);
  const x = tensorData(Float32Array.of(0.3, -1, 2, 0.7), [2, 2]);
  const report = await gradientCheck(({ x }) => tf.matMul(tf.tanh(x as tf.Tensor2D), held), { x });
  expect(report).toMatchObject({ passed: true, undecided: [] });
  expect(tf.getBackend()).toBe('bytes');
  expect([...tf.mul(held, 1).dataSync()]).toEqual([...Float32Array.of(0.1, 2, 3, -4)]);
});
