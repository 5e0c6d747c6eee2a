import * as tf from '@tensorflow/tfjs-core';

/** Gradients of two operands that may be broadcast; tfjs's own fail on some shapes. */
export const broadcastGradients: readonly tf.GradConfig[] = [
  pairGradient('Maximum', (dy, a, b) => {
    const first = tf.cast(tf.greaterEqual(a, b), 'float32');
    return [() => tf.mul(dy, first), () => tf.mul(dy, tf.sub(1, first))];
  }),
  pairGradient('Minimum', (dy, a, b) => {
    const first = tf.cast(tf.lessEqual(a, b), 'float32');
    return [() => tf.mul(dy, first), () => tf.mul(dy, tf.sub(1, first))];
  }),
  pairGradient('SquaredDifference', (dy, a, b) => {
    const slope = tf.mul(tf.mul(2, tf.sub(a, b)), dy);
    return [() => slope, () => tf.neg(slope)];
  }),
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved, attributes) => {
      const { transposeA, transposeB } = attributes as unknown as {
        transposeA: boolean;
        transposeB: boolean;
      };
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const d = dy as tf.Tensor;
      const da = (): tf.Tensor =>
        transposeA ? tf.matMul(b, d, transposeB, true) : tf.matMul(d, b, false, !transposeB);
      const db = (): tf.Tensor =>
        transposeB ? tf.matMul(d, a, true, transposeA) : tf.matMul(a, d, !transposeA, false);
      return { a: () => sumTo(da(), a.shape), b: () => sumTo(db(), b.shape) };
    },
  },
];

type Derivatives = readonly [a: () => tf.Tensor, b: () => tf.Tensor];

function pairGradient(
  kernelName: string,
  derivatives: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => Derivatives,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const [da, db] = derivatives(dy as tf.Tensor, a, b);
      return { a: () => sumTo(da(), a.shape), b: () => sumTo(db(), b.shape) };
    },
  };
}

/** Sums over the axes along which a tensor of `shape` was broadcast to the shape of `x`. */
export function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}
