import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compile,
  ensureGradients,
  RandomStream,
  type TensorData,
  tensorData,
  toTensorData,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';
import { registerTraceKernels } from '../src/trace/register-trace-kernels.ts';
import { TRACE_BACKEND } from '../src/trace/trace-backend.ts';

const runtimes = [undefined, await nodeRuntime({ threads: 1 }), await nodeRuntime({ threads: 2 })];

/** What one kernel test computes from its inputs, by name. */
export type Outputs = Readonly<Record<string, tf.Tensor>>;

/** A program of several kernels, and what it is run on. */
export interface KernelCase {
  readonly program: (inputs: Record<string, tf.Tensor>) => Outputs;
  readonly inputs: Readonly<Record<string, TensorData>>;
  /** The inputs by which the float outputs are differentiated; default all that are floats. */
  readonly gradients?: readonly string[];
  readonly threads?: number;
}

/** Distance between the random values of one input. */
const GAP = 0.08;
/** Of finite differences; small enough that no two values change places. */
const STEP = 0.008;

/**
 * Compiles a program and compares it with the eager cpu backend; its gradients too, and those with finite differences of
 * the compiled program.
 */
export async function expectSameAsEager({
  program,
  inputs,
  gradients = Object.keys(inputs).filter((name) => inputs[name]!.dtype === 'float32'),
  threads = 1,
}: KernelCase): Promise<void> {
  ensureGradients();
  const sources = [...gradients];
  const withGradients = (tensors: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const results = { ...program(tensors) };
    if (sources.length === 0) return results;
    const loss = (): tf.Scalar => {
      const floats = Object.values(program(tensors)).filter(({ dtype }) => dtype === 'float32');
      return tf.addN(floats.map((y) => tf.sum(tf.mul(y, tf.tensor(weights(y.size), y.shape))))) as tf.Scalar;
    };
    const xs = sources.map((name) => tensors[name]!);
    const { grads } = tf.engine().gradients(loss, xs);
    for (const [index, name] of sources.entries()) results[`gradient of ${name}`] = grads[index]!;
    return results;
  };
  const compiled = compile(withGradients, { runtime: runtimes[threads]! });
  try {
    const actual = await compiled(inputs);
    await compareWithEager(withGradients, inputs, actual);
    if (sources.length > 0) await compareWithDifferences(compiled, inputs, sources, actual);
  } finally {
    await compiled.release();
  }
}

async function compareWithEager(
  program: KernelCase['program'],
  inputs: KernelCase['inputs'],
  actual: Readonly<Record<string, TensorData>>,
): Promise<void> {
  await tf.setBackend('cpu');
  const eager = tf.tidy(() => {
    const tensors = Object.entries(inputs).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data.slice(), [...shape], dtype),
    ]);
    return program(Object.fromEntries(tensors));
  });
  expect(Object.keys(actual)).toEqual(Object.keys(eager));
  for (const [name, tensor] of Object.entries(eager)) {
    const expected = await toTensorData(tensor);
    expect([actual[name]!.dtype, actual[name]!.shape], name).toEqual([expected.dtype, expected.shape]);
    actual[name]!.data.forEach((value, index) => {
      const reference = expected.data[index]!;
      const same =
        Object.is(value, reference) ||
        value === reference ||
        Math.abs(value - reference) <= 1e-4 * Math.max(1, Math.abs(reference));
      if (!same) expect.fail(`${name}[${index}] of shape [${expected.shape}]: ${value}, eager ${reference}`);
    });
  }
  tf.dispose(eager as Record<string, tf.Tensor>);
}

/** The derivative along one random direction, by differences of the fourth order. */
async function compareWithDifferences(
  compiled: ReturnType<typeof compile>,
  inputs: KernelCase['inputs'],
  sources: readonly string[],
  actual: Readonly<Record<string, TensorData>>,
): Promise<void> {
  const random = new RandomStream(3);
  for (const source of sources) {
    const { data, shape } = inputs[source]!;
    const direction = Float64Array.from(data, () => 2 * random.uniform() - 1);
    const lossAt = async (steps: number): Promise<number> => {
      const moved = Float32Array.from(data, (value, index) => value + steps * STEP * direction[index]!);
      const outputs = await compiled({ ...inputs, [source]: tensorData(moved, shape) });
      const floats = Object.entries(outputs).filter(
        ([name, { dtype }]) => dtype === 'float32' && !name.startsWith('gradient of '),
      );
      return floats.reduce((sum, [, { data }]) => sum + dot(data, weights(data.length)), 0);
    };
    const near = (await lossAt(1)) - (await lossAt(-1));
    const far = (await lossAt(2)) - (await lossAt(-2));
    const difference = (8 * near - far) / (12 * STEP);
    const slope = dot(actual[`gradient of ${source}`]!.data, direction);
    const error = Math.abs(slope - difference);
    if (!(error <= 3e-3 * Math.max(1, Math.abs(difference))))
      expect.fail(`the gradient of ${source} is ${slope} along a direction, the difference ${difference}`);
  }
}

/** A fixed weighting of an output, so that every element counts differently. */
function weights(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index + 1));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/**
 * Floats in random order, `gap` from each other and at least a quarter of it from 0, so that finite differences do not meet
 * a kink: from about −gap · count / 2 to the same above.
 */
export function floats(random: RandomStream, shape: readonly number[], gap: number = GAP): TensorData {
  const data = new Float32Array(tf.util.sizeFromShape([...shape]));
  for (let index = 0; index < data.length; index++) {
    const other = random.integer(index + 1); // Fisher–Yates, while it is filled
    data[index] = data[other]!;
    data[other] = (index + 0.75 - data.length / 2) * gap;
  }
  return tensorData(data, shape);
}

/** Integers in [low, high). */
export function integers(
  random: RandomStream,
  shape: readonly number[],
  low: number,
  high: number,
): TensorData {
  const length = tf.util.sizeFromShape([...shape]);
  return tensorData(
    Int32Array.from({ length }, () => low + random.integer(high - low)),
    shape,
  );
}

/** Flags, half of them set. */
export function flags(random: RandomStream, shape: readonly number[]): TensorData {
  const length = tf.util.sizeFromShape([...shape]);
  return tensorData(
    Uint8Array.from({ length }, () => random.integer(2)),
    shape,
  );
}

/**
 * A test of kernels: runs a property on random sizes, with a stream for the values, and sees that every named kernel was
 * traced in it.
 */
export function testKernels<T>(
  kernels: readonly string[],
  { sizes, runs }: { readonly sizes: fc.Arbitrary<T>; readonly runs: number },
  property: (sizes: T, random: RandomStream) => Promise<void>,
): void {
  test(kernels.join(', '), async () => {
    traced.clear();
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(0xffff), (drawn, seed) => property(drawn, new RandomStream(seed))),
      { numRuns: runs, seed: SEED, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
    expect(kernels.filter((name) => !traced.has(name))).toEqual([]);
  });
}

/** Draws are the same in every run, so that no run of all tests fails by a rounding; other seeds are for looking further. */
const SEED = Number(process.env.PROPERTY_SEED ?? 1);

/** Kernels that were traced since the test began. */
const traced = new Set<string>();

registerTraceKernels();
for (const kernel of tf.getKernelsForBackend(TRACE_BACKEND)) {
  const { kernelName, kernelFunc } = kernel;
  kernel.kernelFunc = (call) => {
    traced.add(kernelName);
    return kernelFunc(call);
  };
}
