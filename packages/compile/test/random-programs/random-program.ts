import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type TensorData, tensorData } from '../../src/index.ts';
import { sizeOf } from '../../src/tensor-data.ts';
import { Choices, type Instruction, type Known } from './instruction.ts';
import { OPERATIONS } from './operations.ts';

/** A program of random ops. Its tensors have places: those of inputs and those of results, in the order in which they came. */
export interface RandomProgram {
  readonly seed: number;
  readonly steps: readonly (Instruction | Known)[];
  /** By place. */
  readonly inputs: ReadonlyMap<number, TensorData>;
}

const MAX_ELEMENTS = 300;
const MAX_VALUE = 100;

/** Draws a program that is legal and whose values stay finite and small, by running it eagerly while it grows. */
export function drawProgram(seed: number, length: number): RandomProgram {
  const random = new RandomStream(seed, 77);
  const steps: (Instruction | Known)[] = [];
  const inputs = new Map<number, TensorData>();
  const values: tf.Tensor[] = [];
  const addInput = (known: Known): number => {
    const data = drawValues(random, known);
    const place = steps.push(known) - 1;
    inputs.set(place, data);
    values.push(tf.tensor(data.data.slice(), [...known.shape], known.dtype));
    return place;
  };
  for (const dtype of ['float32', 'float32', 'int32', 'bool'] as const)
    addInput({ dtype, shape: Array.from({ length: random.integer(5) }, () => 1 + random.integer(4)) });
  const names = Object.keys(OPERATIONS);
  for (let attempts = 0, count = 0; count < length && attempts < 20 * length; attempts++) {
    const name = names[random.integer(names.length)]!;
    const before = steps.length;
    const choose = new Choices(random, values as unknown as Known[], addInput);
    const drawn = OPERATIONS[name]!(choose);
    const value = drawn && tf.tidy(() => drawn.apply(...drawn.operands.map((place) => values[place]!)));
    if (value && value.size > 0 && value.size <= MAX_ELEMENTS && value.rank <= 5 && isTame(value)) {
      steps.push({ name, ...drawn });
      values.push(value);
      count++;
    } else {
      value?.dispose();
      for (const dropped of values.splice(before)) dropped.dispose();
      steps.splice(before);
      for (const place of inputs.keys()) if (place >= before) inputs.delete(place);
    }
  }
  tf.dispose(values);
  return { seed, steps, inputs };
}

function isTame(value: tf.Tensor): boolean {
  return value.dataSync().every((element) => Math.abs(element) <= MAX_VALUE);
}

function drawValues(random: RandomStream, { dtype, shape }: Known): TensorData {
  const length = sizeOf(shape);
  if (dtype === 'float32')
    return tensorData(
      Float32Array.from({ length }, () => 4 * random.uniform() - 2),
      shape,
    );
  if (dtype === 'int32')
    return tensorData(
      Int32Array.from({ length }, () => random.integer(9) - 4),
      shape,
    );
  return tensorData(
    Uint8Array.from({ length }, () => random.integer(2)),
    shape,
  );
}

/** The part of a program that some of its tensors depend on. */
export function reaching(program: RandomProgram, wanted: readonly number[]): RandomProgram {
  const needed = new Set(wanted);
  for (let place = program.steps.length - 1; place >= 0; place--) {
    const step = program.steps[place]!;
    if (needed.has(place) && 'apply' in step) for (const operand of step.operands) needed.add(operand);
  }
  const moved = new Map(
    [...program.steps.keys()].filter((place) => needed.has(place)).map((place, to) => [place, to]),
  );
  const steps = [...moved.keys()].map((place) => {
    const step = program.steps[place]!;
    return 'apply' in step
      ? { ...step, operands: step.operands.map((operand) => moved.get(operand)!) }
      : step;
  });
  const inputs = new Map(
    [...program.inputs]
      .filter(([place]) => needed.has(place))
      .map(([place, data]) => [moved.get(place)!, data]),
  );
  return { seed: program.seed, steps, inputs };
}

/** Places of tensors that nothing uses. */
export function leaves({ steps }: RandomProgram): number[] {
  const used = new Set(steps.flatMap((step) => ('apply' in step ? step.operands : [])));
  return [...steps.keys()].filter((place) => !used.has(place) && 'apply' in steps[place]!);
}

/** The program as lines of text. */
export function listing({ seed, steps }: RandomProgram): string {
  const lines = steps.map((step, place) =>
    'apply' in step
      ? `t${place} = ${step.name}(${step.operands.map((operand) => `t${operand}`).join(', ')}) ${JSON.stringify(step.attributes ?? '')}`
      : `t${place}: ${step.dtype}[${step.shape}]`,
  );
  return [`seed ${seed}`, ...lines].join('\n');
}

/** What a program is run as: of named inputs, results of some places and the gradients of their weighted sum. */
export function asFunction(
  program: RandomProgram,
  wanted: readonly number[],
  { gradients, disturb = (x) => x }: { gradients: boolean; disturb?: (x: tf.Tensor) => tf.Tensor },
): (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor> {
  const run = (inputs: Record<string, tf.Tensor>): tf.Tensor[] => {
    const values: tf.Tensor[] = [];
    for (const [place, step] of program.steps.entries()) {
      if ('apply' in step) {
        const value = step.apply(...step.operands.map((operand) => values[operand]!));
        values.push(value.dtype === 'float32' ? disturb(value) : value);
      } else values.push(inputs[`t${place}`]!);
    }
    return values;
  };
  return (inputs) => {
    const values = run(inputs);
    const results = Object.fromEntries(wanted.map((place) => [`t${place}`, tf.clone(values[place]!)]));
    if (!gradients) return results;
    const sources = [...program.inputs]
      .filter(([, { dtype }]) => dtype === 'float32')
      .map(([place]) => place);
    const differentiated = wanted.filter((place) => values[place]!.dtype === 'float32');
    if (sources.length === 0 || differentiated.length === 0) return results;
    const loss = (): tf.Scalar => {
      const again = run(inputs);
      return tf.addN(
        differentiated.map((place) => tf.sum(tf.mul(again[place]!, weights(again[place]!.shape)))),
      ) as tf.Scalar;
    };
    const xs = sources.map((place) => inputs[`t${place}`]!);
    const { grads } = tf.engine().gradients(loss, xs, undefined, true);
    for (const [index, place] of sources.entries())
      results[`gradient of t${place}`] = grads[index] ?? tf.zerosLike(xs[index]!);
    return results;
  };
}

function weights(shape: readonly number[]): tf.Tensor {
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => Math.sin(index + 1)),
    [...shape],
  );
}
