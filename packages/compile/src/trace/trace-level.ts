import type * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { placeholder } from '../graph/scan-loop.ts';

/** An outer tensor that a body uses. */
export interface Capture {
  readonly tensor: tf.Tensor;
  /** What stands for it in the body. */
  readonly placeholder: Value;
}

/** A tensor's value, and the graph it belongs to. */
export interface Placed {
  readonly value: Value;
  readonly level: TraceLevel;
}

/** A graph under construction: the program's, or that of a body inside it, such as the loop body of a scan. */
export class TraceLevel {
  readonly builder: GraphBuilder = new GraphBuilder();
  readonly outer: TraceLevel | undefined;
  readonly #captures = new Map<number | object, Capture>();

  constructor(outer?: TraceLevel) {
    this.outer = outer;
  }

  /** The outer tensors that were used here. */
  get captures(): readonly Capture[] {
    return [...this.#captures.values()];
  }

  /**
   * What a tensor is called in this graph.
   *
   * @throws {Error} if it was made in a body that is closed
   */
  resolve(tensor: tf.TensorInfo, { value, level }: Placed): Value {
    if (level === this || value.source.kind === 'constant' || value.source.kind === 'uniform') return value;
    if (!this.outer) {
      throw new Error(
        `compile: a tensor of shape [${value.shape}] is used outside the body of scan, cond or remat that made it. Return it from the body.`,
      );
    }
    const key = (tensor as tf.Tensor).id ?? tensor.dataId;
    const known = this.#captures.get(key);
    if (known) return known.placeholder;
    this.outer.resolve(tensor, { value, level });
    const inner = placeholder(`capture.${this.#captures.size}`, value);
    this.#captures.set(key, { tensor: tensor as tf.Tensor, placeholder: inner });
    return inner;
  }
}
