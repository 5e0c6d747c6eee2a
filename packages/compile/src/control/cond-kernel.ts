import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Node, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { placeholder } from '../graph/scan-loop.ts';
import { traceBackend } from '../trace/trace-backend.ts';
import type { KernelCall, TraceKernel } from '../trace/trace-kernel.ts';
import type { TracedBody } from './trace-body.ts';

/** The kernel under which a choice stands on tfjs's tape. */
export const COND = 'WordloomCond';

/** Attributes of the {@link COND} kernel; its inputs are the predicate, and what the branches capture, one after the other. */
export interface CondAttributes {
  readonly whenTrue: TracedBody;
  readonly whenFalse: TracedBody;
  /** Filled by the kernel, for the gradient. */
  forward?: { readonly predicate: Value; readonly captures: readonly Value[] };
}

/** One side of a choice. */
interface Branch {
  /** What it reads of the surrounding graph, and the names of that in the branch. */
  readonly given: readonly { readonly outer: Value; readonly inner: Value }[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}

/** Records the choice. */
export const condKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<CondAttributes>) => {
  const [predicate, ...captures] = Object.values(inputs) as [Value, ...Value[]];
  attributes.forward = { predicate, captures };
  const branch = (body: TracedBody): Branch => ({
    given: surroundings(body, attributes, builder),
    nodes: body.forwardNodes,
    outputs: body.outputs,
  });
  return appendIf(builder, predicate, branch(attributes.whenTrue), branch(attributes.whenFalse));
};

/** The backward pass is a choice between the backward passes, each of which runs its forward pass again. */
export const condGradient: tf.GradConfig = {
  kernelName: COND,
  gradFunc: (dy, _, attrs) => {
    const attributes = attrs as unknown as CondAttributes;
    const { whenTrue, whenFalse, forward } = attributes;
    const { predicate } = forward!;
    const backend = traceBackend();
    const { builder } = backend;
    const dys = (Array.isArray(dy) ? dy : [dy]).map((tensor) => backend.valueFor(tensor));
    const gradientsOf = (body: TracedBody, isChosen: boolean): Value[] =>
      body.captures.map(({ placeholder }, index) => {
        const gradient = isChosen ? body.backward!.ofCaptures[index] : undefined;
        return gradient ?? builder.uniform(0, placeholder.shape);
      });
    const branch = (body: TracedBody): Branch => ({
      given: [
        ...surroundings(body, attributes, builder),
        ...body.backward!.cotangents.flatMap((inner, index) =>
          inner ? [{ inner, outer: dys[index]! }] : [],
        ),
      ],
      nodes: [...body.forwardNodes, ...body.backward!.nodes],
      outputs: [...gradientsOf(whenTrue, body === whenTrue), ...gradientsOf(whenFalse, body === whenFalse)],
    });
    const gradients = appendIf(builder, predicate, branch(whenTrue), branch(whenFalse));
    const results = [
      () => tf.zeros([...predicate.shape]),
      ...gradients.map((value) => () => backend.tensor(value)),
    ];
    return Object.fromEntries(results.entries());
  },
};

/** Captures and random inputs of a branch. */
function surroundings(
  body: TracedBody,
  { whenTrue, forward }: CondAttributes,
  builder: GraphBuilder,
): Branch['given'] {
  const first = body === whenTrue ? 0 : whenTrue.captures.length;
  return [
    ...body.captures.map(({ placeholder }, index) => ({
      inner: placeholder,
      outer: forward!.captures[first + index]!,
    })),
    ...body.randomInputs.map(({ value, rate, site }) => ({
      inner: value,
      outer: builder.randomInput(value.shape, rate, site),
    })),
  ];
}

function appendIf(
  builder: GraphBuilder,
  predicate: Value,
  whenTrue: Branch,
  whenFalse: Branch,
): readonly Value[] {
  const unused = ({ given }: Branch): Value[] => given.map(({ outer }) => placeholder('unused', outer));
  const inner = ({ given }: Branch): Value[] => given.map((value) => value.inner);
  const body = ({ nodes, outputs }: Branch, inputs: readonly Value[]): Graph => ({
    inputs,
    randomInputs: [],
    nodes,
    outputs: new Map(outputs.map((value, index) => [`${index}`, value])),
  });
  const captures = [...whenTrue.given, ...whenFalse.given].map(({ outer }) => outer);
  return builder.nodes('If', [predicate, ...captures], {}, whenTrue.outputs, {
    captureCount: captures.length,
    bodies: {
      then_branch: body(whenTrue, [...inner(whenTrue), ...unused(whenFalse)]),
      else_branch: body(whenFalse, [...unused(whenTrue), ...inner(whenFalse)]),
    },
  });
}
