import * as tf from '@tensorflow/tfjs-core';

interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Running sums and products along an axis. */
export const cumulativeGradients: readonly tf.GradConfig[] = [
  {
    kernelName: 'Cumsum',
    gradFunc: (dy, _, attributes) => {
      const { axis, exclusive, reverse } = attributes as unknown as CumulativeAttributes;
      return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
    },
  },
  {
    kernelName: 'Cumprod',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const { axis, exclusive, reverse } = attributes as unknown as CumulativeAttributes;
      return { x: () => cumulativeProductGradient(dy as tf.Tensor, saved[0]!, { axis, exclusive, reverse }) };
    },
  },
];

/**
 * dy/dxⱼ = Σᵢ dyᵢ · Πₖ≠ⱼ xₖ over the k of product i. The products without xⱼ are taken as they are, not as quotients, so
 * zeros do no harm: quadratic in the length of the axis.
 */
function cumulativeProductGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  { axis, exclusive, reverse }: CumulativeAttributes,
): tf.Tensor {
  const length = x.shape[axis]!;
  const columns: tf.Tensor[] = [];
  for (let j = 0; j < length; j++) {
    const along = x.shape.map((size, other) => (other === axis ? size : 1));
    const atJ = tf.tensor(new Float32Array(length).fill(1, j, j + 1), along);
    const without = tf.add(tf.mul(x, tf.sub(1, atJ)), atJ); // xⱼ replaced by 1
    const products = tf.cumprod(without, axis, exclusive, reverse);
    // Product i contains xⱼ for i ≥ j (or ≤ j), j itself only where the product is inclusive.
    const first = reverse ? 0 : j + (exclusive ? 1 : 0);
    const last = reverse ? j - (exclusive ? 1 : 0) : length - 1;
    const mask = Float32Array.from({ length }, (_, i) => (i >= first && i <= last ? 1 : 0));
    const contains = tf.tensor(mask, along);
    columns.push(tf.sum(tf.mul(tf.mul(dy, products), contains), axis, true));
  }
  return tf.concat(columns, axis);
}
