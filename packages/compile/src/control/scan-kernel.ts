import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
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

/** Records the forward loop as ONNX's `Scan`. */
export const scanKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<ScanAttributes>) => {
  const { body, length, carryCount, inputCount, reverse } = attributes;
  const values = Object.values(inputs);
  const rows = values.slice(carryCount, carryCount + inputCount);
  const captures = values.slice(carryCount + inputCount);
  const random = body.randomInputs.map(({ value, rate, site }) =>
    builder.randomInput([length, ...value.shape], rate, site),
  );
  const backward = body.backward && prepareBackward(attributes);
  const residuals = backward?.residuals ?? [];
  const scanned = [...rows, ...random];
  // ONNX wants at least one input to scan over: it says how long the loop is.
  const clock = scanned.length > 0 ? [] : [builder.uniform(0, [length])];
  const outputs = [...body.outputs, ...residuals];
  const results = builder.nodes(
    'Scan',
    [...values.slice(0, carryCount), ...scanned, ...clock, ...captures],
    {
      num_scan_inputs: scanned.length + clock.length,
      scan_input_directions: [...scanned, ...clock].map(() => (reverse ? 1 : 0)),
      scan_output_directions: outputs.slice(carryCount).map(() => (reverse ? 1 : 0)),
    },
    outputs.map(({ dtype, shape }, index) => ({
      dtype,
      shape: index < carryCount ? shape : [length, ...shape],
    })),
    {
      captureCount: captures.length,
      bodies: {
        body: {
          inputs: [
            ...body.inputs,
            ...body.randomInputs.map(({ value }) => value),
            ...clock.map(
              (): Value => ({ dtype: 'float32', shape: [], source: { kind: 'input', name: 'clock' } }),
            ),
            ...body.captures.map(({ placeholder }) => placeholder),
          ],
          randomInputs: [],
          nodes: body.forwardNodes,
          outputs: numbered(outputs),
        },
      },
    },
  );
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
 * The backward loop goes the other way. Its carry holds the gradients of the carry, and sums of those of the captures; its outputs are the
 * gradients of the inputs.
 */
export const scanGradient: tf.GradConfig = {
  kernelName: SCAN,
  gradFunc: (dy, _, attrs) => {
    const { body, length, carryCount, inputCount, reverse, forward } = attrs as unknown as ScanAttributes;
    const backend = traceBackend();
    const { builder: outer } = backend;
    const { backward, inputs, random, captures, residuals } = forward!;
    const { builder, names } = backward!;
    const { cotangents, ofInputs, ofCaptures } = body.backward!;
    const dys = (Array.isArray(dy) ? dy : [dy]).map((tensor) => backend.valueFor(tensor));
    const renamed = (value: Value): Value => names.get(value) ?? value;
    const zero = ({ shape }: Value): Value => outer.uniform(0, shape);

    // States: one for each float32 carry, then a sum for each capture that has a gradient.
    const carried = cotangents
      .slice(0, carryCount)
      .flatMap((cotangent, index) => (cotangent ? [{ index, cotangent, next: ofInputs[index] }] : []));
    const summed = ofCaptures.flatMap((gradient, index) =>
      gradient ? [{ index, gradient: renamed(gradient) }] : [],
    );
    const sums = summed.map(
      ({ gradient: { shape } }): Value => ({
        dtype: 'float32',
        shape,
        source: { kind: 'input', name: 'sum' },
      }),
    );
    const nextSums = summed.map(({ gradient }, index) =>
      builder.node('Add', [sums[index], gradient], gradient),
    );

    // What the loop reads and writes at each step.
    const scannedIn = [
      ...cotangents
        .slice(carryCount)
        .flatMap((cotangent, index) =>
          cotangent ? [{ row: cotangent, all: dys[carryCount + index]! }] : [],
        ),
      ...body.inputs.slice(carryCount).map((row, index) => ({ row, all: inputs[index]! })),
      ...body.randomInputs.map(({ value: row }, index) => ({ row, all: random[index]! })),
      ...[...residuals].map(([value, all]) => ({ row: names.get(value)!, all })),
    ];
    const scannedOut = ofInputs
      .slice(carryCount)
      .flatMap((gradient, index) => (gradient ? [{ index, gradient: renamed(gradient) }] : []));
    const bodyOutputs = [
      ...carried.map(({ cotangent, next }) => (next ? renamed(next) : outer.uniform(0, cotangent.shape))),
      ...nextSums,
      ...scannedOut.map(({ gradient }) => gradient),
    ];
    const stateCount = carried.length + sums.length;
    const results = outer.nodes(
      'Scan',
      [
        ...carried.map(({ index }) => dys[index]!),
        ...sums.map(zero),
        ...scannedIn.map(({ all }) => all),
        ...captures,
      ],
      {
        num_scan_inputs: scannedIn.length,
        scan_input_directions: scannedIn.map(() => (reverse ? 0 : 1)),
        scan_output_directions: scannedOut.map(() => (reverse ? 0 : 1)),
      },
      bodyOutputs.map(({ shape }, index) => ({ shape: index < stateCount ? shape : [length, ...shape] })),
      {
        captureCount: captures.length,
        bodies: {
          body: {
            inputs: [
              ...carried.map(({ cotangent }) => cotangent),
              ...sums,
              ...scannedIn.map(({ row }) => row),
              ...body.captures.map(({ placeholder }) => placeholder),
            ],
            randomInputs: [],
            nodes: builder.nodeList,
            outputs: numbered(bodyOutputs),
          },
        },
      },
    );

    const gradients = new Map<number, Value>();
    for (const [place, { index }] of carried.entries()) gradients.set(index, results[place]!);
    for (const [place, { index }] of summed.entries())
      gradients.set(carryCount + inputCount + index, results[carried.length + place]!);
    for (const [place, { index }] of scannedOut.entries())
      gradients.set(carryCount + index, results[stateCount + place]!);
    const shapes = [
      ...body.inputs.map(({ shape }, index) => (index < carryCount ? shape : [length, ...shape])),
      ...body.captures.map(({ placeholder }) => placeholder.shape),
    ];
    return Object.fromEntries(
      shapes.map((shape, index) => {
        const gradient = gradients.get(index);
        return [index, () => (gradient ? backend.tensor(gradient) : tf.zeros([...shape]))];
      }),
    );
  },
};

function numbered(values: readonly Value[]): Map<string, Value> {
  return new Map(values.map((value, index) => [`${index}`, value]));
}
