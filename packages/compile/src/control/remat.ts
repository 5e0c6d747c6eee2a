import * as tf from '@tensorflow/tfjs-core';
import { copyNodes } from '../graph/copy-nodes.ts';
import type { Value } from '../graph/graph.ts';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';
import type { KernelCall, TraceKernel } from '../trace/trace-kernel.ts';
import { isDifferentiating, type TracedBody, traceBody } from './trace-body.ts';

/**
 * Runs a part of a program whose intermediate values are not kept for the backward pass: it computes them again there. Also called
 * (gradient) checkpointing. It saves memory for the time of a second forward pass; wrap the blocks of a deep network in it.
 *
 * Eager programs run `fn` as it is, and keep everything.
 *
 * @param fn may use any tensor around it, and all of it has a gradient
 * @param x  the tensor that enters the part
 * @returns what `fn` returns
 * @see Chen et al. 2016, "Training deep nets with sublinear memory cost", §4
 * @example
 * for (const block of blocks) x = remat((x) => block.forward(x), x);
 */
export function remat(fn: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (!isTracing() || !isDifferentiating()) return fn(x);
  // Everything the part captures comes in as an input of the kernel, x among it.
  const body = traceBody(() => [fn(x)], []);
  const captured = body.captures.map(({ tensor }) => tensor);
  const attributes: RematAttributes = { body, entry: body.captures.findIndex(({ tensor }) => tensor === x) };
  return tf
    .engine()
    .runKernel(
      REMAT,
      Object.fromEntries(captured.entries()),
      attributes as unknown as tf.NamedAttrMap,
    ) as tf.Tensor;
}

/** The kernel under which a part to be computed again stands on tfjs's tape. */
export const REMAT = 'WordloomRemat';

interface RematAttributes {
  readonly body: TracedBody;
  /** Which capture is the tensor that enters; −1 if the part does not use it. */
  readonly entry: number;
  /** Filled by the kernel, for the gradient. */
  captures?: readonly Value[];
}

/** Records the part in place. */
export const rematKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<RematAttributes>) => {
  const { body } = attributes;
  attributes.captures = Object.values(inputs);
  const names = surroundings(attributes);
  copyNodes(body.forwardNodes, builder, names);
  const output = body.outputs[0]!;
  return names.get(output) ?? output;
};

/**
 * Records forward and backward pass once more. What enters goes through a `Barrier`, which holds it back until the gradient is there: nothing
 * can then be shared with the first forward pass, or run early.
 */
export const rematGradient: tf.GradConfig = {
  kernelName: REMAT,
  gradFunc: (dy, _, attrs) => {
    const attributes = attrs as unknown as RematAttributes;
    const { body, entry, captures } = attributes;
    const backend = traceBackend();
    const { builder } = backend;
    const { cotangents, nodes, ofCaptures } = body.backward!;
    const names = surroundings(attributes);
    const gradient = backend.valueFor(dy as tf.Tensor);
    names.set(cotangents[0]!, gradient);
    const entering = captures![entry];
    if (entering?.dtype === 'float32') {
      const held = builder.node('Barrier', [entering, gradient], entering);
      names.set(body.captures[entry]!.placeholder, held);
    }
    copyNodes([...body.forwardNodes, ...nodes], builder, names);
    return Object.fromEntries(
      ofCaptures.map((value, index) => [
        index,
        () => (value ? backend.tensor(names.get(value) ?? value) : tf.zeros([...captures![index]!.shape])),
      ]),
    );
  },
};

/** What captures and random inputs of the part are called in the surrounding graph. */
function surroundings({ body, captures }: RematAttributes): Map<Value, Value> {
  const { builder } = traceBackend();
  return new Map([
    ...body.captures.map(({ placeholder }, index) => [placeholder, captures![index]!] as const),
    ...body.randomInputs.map(
      ({ value, rate, site }) => [value, builder.randomInput(value.shape, rate, site)] as const,
    ),
  ]);
}
