import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { appendScan, placeholder } from '../graph/scan-loop.ts';
import { traceBackend } from '../trace/trace-backend.ts';
import type { KernelCall, TraceKernel } from '../trace/trace-kernel.ts';
import { recordBackward } from './residuals.ts';
import type { TracedBody } from './trace-body.ts';

/** The kernel under which a scan stands on tfjs's tape. */
export const SCAN = 'WordloomScan';

/** Attributes of the {@link SCAN} kernel; its inputs are the carry, the inputs, and what the body captures. */
export interface ScanAttributes {
  readonly body: TracedBody;
  readonly length: number;
  readonly carryCount: number;
  readonly inputCount: number;
  readonly reverse: boolean;
  /** Filled by the kernel, for the gradient. */
  forward?: Forward;
}

/** A recorded forward loop. */
interface Forward {
  readonly inputs: readonly Value[];
  readonly random: readonly Value[];
  readonly captures: readonly Value[];
  /** `[length, ...]`: by the value of the body that was kept. */
  readonly residuals: ReadonlyMap<Value, Value>;
  readonly backward?: Backward;
}

/** The backward body, ready to be put into a loop. */
interface Backward {
  readonly builder: GraphBuilder;
  readonly names: ReadonlyMap<Value, Value>;
  readonly residuals: readonly Value[];
}

/** Records the forward loop. */
export const scanKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<ScanAttributes>) => {
  const { body, length, carryCount, inputCount, reverse } = attributes;
  const values = Object.values(inputs);
  const carry = values.slice(0, carryCount);
  const rows = values.slice(carryCount, carryCount + inputCount);
  const captures = values.slice(carryCount + inputCount);
  const random = body.randomInputs.map(({ value, rate, site }) =>
    builder.randomInput([length, ...value.shape], rate, site),
  );
  const backward = body.backward && prepareBackward(attributes);
  const residuals = backward?.residuals ?? [];
  const results = appendScan(builder, length, {
    states: carry.map((first, index) => ({ first, state: body.inputs[index]!, next: body.outputs[index]! })),
    rows: [
      ...rows.map((all, index) => ({ all, row: body.inputs[carryCount + index]! })),
      ...random.map((all, index) => ({ all, row: body.randomInputs[index]!.value })),
    ],
    captures: captures.map((outer, index) => ({ outer, inner: body.captures[index]!.placeholder })),
    nodes: body.forwardNodes,
    outputs: [...body.outputs.slice(carryCount), ...residuals],
    reverse,
  });
  const stacks = results.slice(body.outputs.length);
  attributes.forward = {
    inputs: rows,
    random,
    captures,
    residuals: new Map(residuals.map((value, index) => [value, stacks[index]!])),
    ...(backward && { backward }),
  };
  return results.slice(0, body.outputs.length);
};

/** Records the backward body: what it must have of the forward pass decides what the forward loop keeps. */
function prepareBackward({ body, carryCount }: ScanAttributes): Backward {
  const { cotangents, ofInputs, ofCaptures } = body.backward!;
  const builder = new GraphBuilder();
  const given = new Set<Value>([
    ...body.inputs.slice(carryCount),
    ...body.randomInputs.map(({ value }) => value),
    ...body.captures.map(({ placeholder }) => placeholder),
    ...cotangents.filter((value) => value !== undefined),
  ]);
  const { kept, names } = recordBackward(body, builder, [...ofInputs, ...ofCaptures], given);
  return { builder, names, residuals: kept };
}

/**
 * The backward loop goes the other way. Its states are the gradients of the carry, and sums of those of the captures; its outputs are the
 * gradients of the inputs.
 */
export const scanGradient: tf.GradConfig = {
  kernelName: SCAN,
  gradFunc: (dy, _, attrs) => {
    const { body, length, carryCount, inputCount, reverse, forward } = attrs as unknown as ScanAttributes;
    const backend = traceBackend();
    const { backward, inputs, random, captures, residuals } = forward!;
    const { builder, names } = backward!;
    const { cotangents, ofInputs, ofCaptures } = body.backward!;
    const dys = (Array.isArray(dy) ? dy : [dy]).map((tensor) => backend.valueFor(tensor));
    const inBody = (value: Value | undefined): Value | undefined => value && (names.get(value) ?? value);
    const zero = ({ shape }: Value): Value => backend.builder.uniform(0, shape);
    const defined = <T>(items: readonly (T | undefined)[]): [number, T][] =>
      [...items.entries()].filter((entry): entry is [number, T] => entry[1] !== undefined);

    const carried = defined(cotangents.slice(0, carryCount));
    const summed = defined(ofCaptures.map(inBody));
    const returned = defined(ofInputs.slice(carryCount).map(inBody));
    const given = defined(cotangents.slice(carryCount));
    const sums = summed.map(([, gradient]) => placeholder('sum', gradient));
    const results = appendScan(backend.builder, length, {
      states: [
        ...carried.map(([index, cotangent]) => ({
          first: dys[index]!,
          state: cotangent,
          next: inBody(ofInputs[index]) ?? zero(cotangent),
        })),
        ...summed.map(([, gradient], index) => ({
          first: zero(gradient),
          state: sums[index]!,
          next: builder.node('Add', [sums[index], gradient], gradient),
        })),
      ],
      rows: [
        ...given.map(([index, cotangent]) => ({ row: cotangent, all: dys[carryCount + index]! })),
        ...inputs.map((all, index) => ({ row: body.inputs[carryCount + index]!, all })),
        ...random.map((all, index) => ({ row: body.randomInputs[index]!.value, all })),
        ...[...residuals].map(([value, all]) => ({ row: names.get(value)!, all })),
      ],
      captures: captures.map((outer, index) => ({ outer, inner: body.captures[index]!.placeholder })),
      nodes: builder.nodeList,
      outputs: returned.map(([, gradient]) => gradient),
      reverse: !reverse,
    });

    const places = [
      ...carried.map(([index]) => index),
      ...summed.map(([index]) => carryCount + inputCount + index),
      ...returned.map(([index]) => carryCount + index),
    ];
    const gradients = new Map(places.map((place, index) => [place, results[index]!]));
    const shapes = [
      ...body.inputs.map(({ shape }, index) => (index < carryCount ? shape : [length, ...shape])),
      ...captures.map(({ shape }) => shape),
    ];
    return Object.fromEntries(
      shapes.map((shape, index) => {
        const gradient = gradients.get(index);
        return [index, () => (gradient ? backend.tensor(gradient) : tf.zeros([...shape]))];
      }),
    );
  },
};
