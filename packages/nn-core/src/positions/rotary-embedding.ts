import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import { Module } from '../module/module.ts';
import { type RotaryFrequencyOptions, rotaryFrequencies } from './rotary-frequencies.ts';

/** Options of {@link RotaryEmbedding}. */
export interface RotaryOptions extends RotaryFrequencyOptions {
  /**
   * Which components are pairs. `halfSplit`: i and i + size / 2, as Llama and GPT-NeoX in Hugging Face's layout, and the
   * default. `interleaved`: 2i and 2i + 1, as the paper, GPT-J and Llama in Meta's layout.
   */
  readonly convention?: 'halfSplit' | 'interleaved';
}

/** Where the vectors stand that {@link RotaryEmbedding} turns. */
export interface RotaryPositions {
  /** Position of the first; default 0. */
  readonly offset?: number;
  /** int32 `[time]` or `[batch, time]`, for positions that do not count up by one, as with padding on the left. */
  readonly positions?: tf.Tensor;
}

/**
 * Rotary position embedding: turns each pair of components by an angle proportional to the position, so that the
 * product of a query and a key depends on their distance. Nothing is learned.
 *
 * @example
 * const rotary = new RotaryEmbedding(64, { base: 500_000 });
 * const [q, k] = [rotary.forward(query), rotary.forward(key)]; // [batch, heads, time, 64] each
 * @see Su et al. 2021, "RoFormer: enhanced Transformer with rotary position embedding", §3.2
 */
export class RotaryEmbedding extends Module {
  /** Components of a head that are turned; those after them stay as they are. */
  readonly size: number;
  readonly convention: 'halfSplit' | 'interleaved';
  readonly #frequencies: Float64Array;

  /** @throws {RangeError} if the size is no positive even integer, or an option is out of range */
  constructor(size: number, { convention = 'halfSplit', ...options }: RotaryOptions = {}) {
    super();
    if (convention !== 'halfSplit' && convention !== 'interleaved') {
      throw new RangeError(
        `RotaryEmbedding: convention must be 'halfSplit' or 'interleaved', got ${String(convention)}.`,
      );
    }
    this.#frequencies = rotaryFrequencies(size, options);
    this.size = size;
    this.convention = convention;
  }

  /**
   * @param x `[batch, heads, time, head size]`; head size ≥ size
   * @returns the shape of `x`, owned by the caller
   * @throws {ShapeError} if the shapes do not fit
   */
  forward(x: tf.Tensor, where: RotaryPositions = {}): tf.Tensor {
    const [batch, , time, headSize] = x.shape as [number, number, number, number];
    if (x.rank !== 4 || headSize < this.size) {
      throw new ShapeError(
        `RotaryEmbedding: x must be [batch, heads, time, ${this.size} or more], got [${x.shape}].`,
      );
    }
    return tf.tidy(() => {
      const { cos, sin } = this.#turns(batch, time, where); // [.., T, size / 2]
      if (headSize === this.size) return this.#turn(x, cos, sin);
      const [turned, rest] = tf.split(x, [this.size, headSize - this.size], -1) as [tf.Tensor, tf.Tensor];
      return tf.concat([this.#turn(turned, cos, sin), rest], -1);
    });
  }

  #turn(x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor): tf.Tensor {
    const [first, second] = this.#pairs(x);
    const turned = [
      tf.sub(tf.mul(first, cos), tf.mul(second, sin)),
      tf.add(tf.mul(second, cos), tf.mul(first, sin)),
    ];
    if (this.convention === 'halfSplit') return tf.concat(turned, -1);
    return tf.reshape(tf.stack(turned, 4), x.shape); // [B, H, T, size / 2, 2] -> [B, H, T, size]
  }

  #pairs(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (this.convention === 'halfSplit') return tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
    const [batch, heads, time, size] = x.shape as [number, number, number, number];
    const pairs = tf.reshape(x, [batch, heads, time, size / 2, 2]);
    return tf.unstack(pairs, 4) as [tf.Tensor, tf.Tensor];
  }

  /** Cosines and sines of the angles, to broadcast over heads. */
  #turns(batch: number, time: number, where: RotaryPositions): { cos: tf.Tensor; sin: tf.Tensor } {
    const { positions, offset = 0 } = where;
    const pairs = this.size / 2;
    if (!positions) {
      // In float64, which float32 angles of far positions would not reach.
      const table = (of: (angle: number) => number): tf.Tensor =>
        tf.tensor2d(
          Float32Array.from({ length: time * pairs }, (_, index) =>
            of((offset + Math.floor(index / pairs)) * this.#frequencies[index % pairs]!),
          ),
          [time, pairs],
        );
      return { cos: table(Math.cos), sin: table(Math.sin) };
    }
    const shape = `${positions.shape}`;
    if (shape !== `${time}` && shape !== `${[batch, time]}`) {
      throw new ShapeError(
        `RotaryEmbedding: positions must be [${time}] or [${batch}, ${time}], got [${positions.shape}].`,
      );
    }
    const rows = tf.expandDims(tf.cast(positions, 'float32'), -1); // [.., T, 1]
    const angles = tf.mul(rows, tf.tensor1d(Float32Array.from(this.#frequencies))); // [.., T, size / 2]
    const perHead = positions.rank === 1 ? angles : tf.expandDims(angles, 1); // [B, 1, T, size / 2]
    return { cos: tf.cos(perHead), sin: tf.sin(perHead) };
  }
}
