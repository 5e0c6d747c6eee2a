import * as tf from '@tensorflow/tfjs-core';
import { ensureGradients } from '../gradients/ensure-gradients.ts';
import { withOwnTape } from '../gradients/own-tape.ts';
import type { Node, RandomInput, Value } from '../graph/graph.ts';
import type { DType, TensorSpec } from '../tensor-data.ts';
import { traceBackend } from '../trace/trace-backend.ts';
import type { Capture, TraceLevel } from '../trace/trace-level.ts';

/** A function of tensors, recorded in a graph of its own. */
export interface TracedBody {
  readonly inputs: readonly Value[];
  /** Outer tensors it uses besides its inputs. */
  readonly captures: readonly Capture[];
  readonly randomInputs: readonly RandomInput[];
  readonly outputs: readonly Value[];
  readonly forwardNodes: readonly Node[];
  /** Its vector-Jacobian product; only if asked for and if there is something to differentiate. */
  readonly backward?: TracedBackward;
}

/** Nodes that may use everything of the forward pass, and the cotangents. */
export interface TracedBackward {
  readonly nodes: readonly Node[];
  /** One for each output; undefined for outputs that are not float32. */
  readonly cotangents: readonly (Value | undefined)[];
  /** Gradients with respect to inputs and captures; undefined where the outputs do not depend on them. */
  readonly ofInputs: readonly (Value | undefined)[];
  readonly ofCaptures: readonly (Value | undefined)[];
}

/**
 * Records a function in a graph of its own, with its gradient by tfjs's tape if the surrounding program is being differentiated.
 *
 * @param fn    may use tensors of the surrounding program
 * @param specs type and shape of each of its inputs
 */
export function traceBody(
  fn: (inputs: tf.Tensor[]) => readonly tf.Tensor[],
  specs: readonly TensorSpec[],
  differentiate: boolean = isDifferentiating(),
): TracedBody {
  const backend = traceBackend();
  return backend.inBody((level) => {
    const { builder } = level;
    const tensors = specs.map((spec, index) => backend.tensor(builder.input(`input.${index}`, spec)));
    const inputs = tensors.map((tensor) => backend.valueFor(tensor));
    let outputs: readonly Value[] = [];
    let split = 0;
    const cotangents: (Value | undefined)[] = [];

    /** Runs the function; the scalar whose gradients are the vector-Jacobian product. */
    const run = (): tf.Scalar | undefined => {
      const results = fn(tensors);
      outputs = results.map((result) => backend.valueFor(result));
      split = builder.nodeList.length;
      if (!differentiate) return undefined;
      const terms = results.flatMap((result, index) => {
        cotangents[index] =
          result.dtype === 'float32'
            ? builder.input(`cotangent.${index}`, { dtype: 'float32', shape: result.shape })
            : undefined;
        const cotangent = cotangents[index];
        return cotangent ? [tf.sum(tf.mul(result, backend.tensor(cotangent)))] : [];
      });
      return terms.length > 0 ? (tf.addN(terms) as tf.Scalar) : tf.scalar(0);
    };

    let gradientOf: ReadonlyMap<tf.Tensor, Value> = new Map();
    if (differentiate) gradientOf = gradients(() => run()!, tensors, level);
    else run();
    const { nodeList, randomInputs } = builder;
    const { captures } = level;
    return {
      inputs,
      captures,
      randomInputs,
      outputs,
      forwardNodes: nodeList.slice(0, split),
      ...(differentiate && {
        backward: {
          nodes: nodeList.slice(split),
          cotangents,
          ofInputs: tensors.map((tensor) => gradientOf.get(tensor)),
          ofCaptures: captures.map(({ tensor }) => gradientOf.get(tensor)),
        },
      }),
    };
  });
}

/** The gradients of a scalar with respect to the inputs and to whatever it captured. */
function gradients(
  scalar: () => tf.Scalar,
  inputs: readonly tf.Tensor[],
  level: TraceLevel,
): Map<tf.Tensor, Value> {
  ensureGradients();
  const sources: tf.Tensor[] = [tf.scalar(0)]; // never empty, which tfjs refuses
  const { grads } = withOwnTape(() =>
    tf.engine().gradients(
      () => {
        const value = scalar();
        // Captures are known only now. tfjs reads the list of sources after the forward pass.
        const captured = level.captures.map(({ tensor }) => tensor);
        sources.push(...[...inputs, ...captured].filter(({ dtype }) => dtype === 'float32'));
        return value;
      },
      sources,
      undefined,
      true,
    ),
  );
  const found = sources.flatMap((source, index) => {
    const gradient = grads[index] as tf.Tensor | undefined;
    return gradient ? [[source, traceBackend().valueFor(gradient)] as const] : [];
  });
  return new Map(found);
}

/** What is known of a tensor without its values. */
export function specOf({ dtype, shape }: tf.Tensor): TensorSpec {
  return { dtype: dtype as DType, shape };
}

/** Whether tfjs's tape is recording. */
export function isDifferentiating(): boolean {
  return tf.engine().isTapeOn();
}
