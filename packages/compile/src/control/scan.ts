import * as tf from '@tensorflow/tfjs-core';
import { atScanStep } from '../random/randomness.ts';
import { ShapeError, type TensorSpec } from '../tensor-data.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { SCAN, type ScanAttributes } from './scan-kernel.ts';
import type { TensorRecord } from './tensor-record.ts';
import { specOf, traceBody } from './trace-body.ts';

/** One step of a {@link scan}: from the carry and one row of each input to the next carry and one row of each output. */
export type ScanBody<Carry extends string, Input extends string, Output extends string> = (
  carry: TensorRecord<Carry>,
  inputs: TensorRecord<Input>,
) => ScanResult<Carry, Output>;

/** Options of {@link scan}. */
export interface ScanOptions<Carry extends string, Input extends string> {
  /** What the first step gets. */
  readonly carry: TensorRecord<Carry>;
  /** `[length, ...]` each: step t gets row t. */
  readonly inputs: TensorRecord<Input>;
  /** Number of steps; needed only where there are no inputs. */
  readonly length?: number;
  /** Whether to go from the last row to the first; outputs stand at the row of their inputs. Default false. */
  readonly reverse?: boolean;
}

/** The carry after a step, or after the last; the outputs of a step, or `[length, ...]` of all. */
export interface ScanResult<Carry extends string, Output extends string> {
  readonly carry: TensorRecord<Carry>;
  readonly outputs: TensorRecord<Output>;
}

/**
 * A loop whose steps hand a carry on: recurrent networks, decoders, iterations. The body may use any tensor around it, weights for
 * example, and all of it has a gradient.
 *
 * Compiled, the body is traced once, whatever the length. What does not depend on the carry is taken out of the loop: a product of all
 * inputs with a weight is one matrix product, and so are a weight's gradients over all steps. Eager, it is a plain loop.
 *
 * @param body  pure; returns a carry of the same types and shapes
 * @returns the last carry, and the outputs of all steps
 * @throws {ShapeError} if inputs differ in length, or if the body changes the type or shape of the carry
 * @example
 * const { outputs } = scan(({ sum }, { x }) => ({ carry: { sum: tf.add(sum, x) }, outputs: { sum } }), {
 *   carry: { sum: tf.scalar(0) },
 *   inputs: { x: tf.tensor1d([1, 2, 3]) },
 * });
 * outputs.sum; // [0, 1, 3]
 */
export function scan<Carry extends string, Input extends string, Output extends string>(
  body: ScanBody<Carry, Input, Output>,
  options: ScanOptions<Carry, Input>,
): ScanResult<Carry, Output> {
  const length = lengthOf(options);
  const run = isTracing() ? recorded : looped;
  return run(body as ScanBody<string, string, string>, options, length) as ScanResult<Carry, Output>;
}

type Run = (
  body: ScanBody<string, string, string>,
  options: ScanOptions<string, string>,
  length: number,
) => ScanResult<string, string>;

const looped: Run = (body, { carry: first, inputs, reverse = false }, length) =>
  tf.tidy(() => {
    const rows = mapRecord(inputs, (tensor) => tf.unstack(tensor));
    const steps: TensorRecord[] = new Array(length);
    let carry: TensorRecord = mapRecord(first, (tensor) => tf.clone(tensor));
    for (let count = 0; count < length; count++) {
      const step = reverse ? length - 1 - count : count;
      const input = mapRecord(rows, (all) => all[step]!);
      const position = { step, length, last: count === length - 1 };
      const result = atScanStep(position, () => body(carry, input));
      requireSameCarry(first, result.carry);
      carry = result.carry;
      steps[step] = result.outputs;
    }
    const outputs = mapRecord(steps[0]!, (_, name) => tf.stack(steps.map((output) => output[name]!)));
    return { carry: { ...carry }, outputs };
  });

const recorded: Run = (body, { carry, inputs, reverse = false }, length) => {
  const carryNames = Object.keys(carry);
  const inputNames = Object.keys(inputs);
  let outputNames: string[] = [];
  const traced = traceBody(
    (tensors) => {
      const [carried, rows] = [tensors.slice(0, carryNames.length), tensors.slice(carryNames.length)];
      const result = body(recordOf(carryNames, carried), recordOf(inputNames, rows));
      requireSameCarry(carry, result.carry);
      outputNames = Object.keys(result.outputs);
      return [...carryNames.map((name) => result.carry[name]!), ...Object.values(result.outputs)];
    },
    [...Object.values(carry).map(specOf), ...Object.values(inputs).map(rowSpecOf)],
  );
  const captured = traced.captures.map(({ tensor }) => tensor);
  const tensors = [...Object.values(carry), ...Object.values(inputs), ...captured];
  const attributes: ScanAttributes = {
    body: traced,
    length,
    carryCount: carryNames.length,
    inputCount: inputNames.length,
    reverse,
  };
  const result = tf
    .engine()
    .runKernel(SCAN, Object.fromEntries(tensors.entries()), attributes as unknown as tf.NamedAttrMap);
  const results = Array.isArray(result) ? result : [result as tf.Tensor];
  return {
    carry: recordOf(carryNames, results),
    outputs: recordOf(outputNames, results.slice(carryNames.length)),
  };
};

function rowSpecOf(tensor: tf.Tensor): TensorSpec {
  const { dtype, shape } = specOf(tensor);
  return { dtype, shape: shape.slice(1) };
}

function recordOf(names: readonly string[], tensors: readonly tf.Tensor[]): TensorRecord {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
}

function mapRecord<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

function lengthOf({ inputs, length }: ScanOptions<string, string>): number {
  const lengths = Object.entries(inputs).map(([name, { shape }]) => [name, shape[0]] as const);
  const steps = length ?? lengths[0]?.[1];
  if (steps === undefined || !Number.isInteger(steps) || steps < 1) {
    throw new ShapeError(
      `scan: inputs must be [length, ...] with a positive length, or length must be given, got ${steps ?? 'neither'}.`,
    );
  }
  const other = lengths.find(([, own]) => own !== steps);
  if (other)
    throw new ShapeError(`scan: inputs must share one length, got ${other[1]} for ${other[0]} and ${steps}.`);
  return steps;
}

function requireSameCarry(before: TensorRecord, after: TensorRecord): void {
  const describe = (record: TensorRecord): string =>
    Object.entries(record)
      .map(([name, { dtype, shape }]) => `${name}: ${dtype}[${shape}]`)
      .sort()
      .join(', ');
  if (describe(before) !== describe(after)) {
    throw new ShapeError(
      `scan: the body must return a carry like the one it got, { ${describe(before)} }, got { ${describe(after)} }.`,
    );
  }
}
