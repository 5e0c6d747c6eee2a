import * as tf from '@tensorflow/tfjs-core';

/** Gradients of elementwise operations and products, whose operands may be broadcast; tfjs's own fail on some shapes. */
export const broadcastGradients: readonly tf.GradConfig[] = [
  {
    kernelName: 'Abs',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(tf.cast(x!, 'float32'))) }),
  },
  pairGradient('Maximum', (dy, a, b) => {
    const first = tf.cast(tf.greaterEqual(a, b), 'float32');
    return [() => tf.mul(dy, first), () => tf.mul(dy, tf.sub(1, first))];
  }),
  pairGradient('Minimum', (dy, a, b) => {
    const first = tf.cast(tf.lessEqual(a, b), 'float32');
    return [() => tf.mul(dy, first), () => tf.mul(dy, tf.sub(1, first))];
  }),
  // Of integers too, such as places in a table: their gradient is zero, but tfjs's own refuses to compute it.
  pairGradient('Mod', (dy, a, b) => [
    () => dy,
    () => tf.mul(dy, tf.neg(tf.floor(tf.div(tf.cast(a, 'float32'), tf.cast(b, 'float32'))))),
  ]),
  pairGradient('SquaredDifference', (dy, a, b) => {
    const slope = tf.mul(tf.mul(2, tf.sub(a, b)), dy);
    return [() => slope, () => tf.neg(slope)];
  }),
  {
    kernelName: 'Prelu',
    inputsToSave: ['x', 'alpha'],
    gradFunc: (dy, saved) => {
      const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
      const d = dy as tf.Tensor;
      const positive = tf.broadcastTo(tf.greater(x, 0), d.shape);
      return {
        x: () => sumTo(tf.where(positive, d, tf.mul(d, alpha)), x.shape),
        alpha: () => sumTo(tf.where(positive, tf.zerosLike(d), tf.mul(d, x)), alpha.shape),
      };
    },
  },
  {
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (dy, saved, attributes) => {
      const { varianceEpsilon } = attributes as unknown as { varianceEpsilon: number };
      const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor | undefined];
      const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon));
      const centered = tf.sub(x, mean);
      const d = dy as tf.Tensor;
      const slope = tf.mul(scale ? tf.mul(d, scale) : d, inverse);
      const fold = (gradient: tf.Tensor, shape: number[]): tf.Tensor => sumTo(gradient, shape);
      return {
        x: () => tf.clone(slope),
        mean: () => tf.neg(fold(slope, mean.shape)),
        variance: () =>
          fold(tf.mul(tf.mul(slope, centered), tf.mul(tf.square(inverse), -0.5)), variance.shape),
        scale: () => fold(tf.mul(tf.mul(d, centered), inverse), scale!.shape),
        offset: () => fold(d, mean.shape),
      };
    },
  },
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
