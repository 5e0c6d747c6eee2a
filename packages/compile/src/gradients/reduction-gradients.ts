import * as tf from '@tensorflow/tfjs-core';

/** Gradients of extrema and products along axes. */
export const reductionGradients: readonly tf.GradConfig[] = [
  extremumGradient('Max'),
  extremumGradient('Min'),
  {
    kernelName: 'Prod',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => productGradient(dy as tf.Tensor, x!, axesOf(x!, attributes as ReductionAttributes)),
    }),
  },
];

/** `Max` alone names its axes `reductionIndices`. */
interface ReductionAttributes {
  readonly axis?: number | number[] | null;
  readonly reductionIndices?: number | number[] | null;
}

function axesOf(x: tf.Tensor, { axis, reductionIndices }: ReductionAttributes): number[] {
  return tf.util.parseAxisParam(axis ?? reductionIndices ?? x.shape.map((_, index) => index), x.shape);
}

/** Equal extrema share the gradient, as in PyTorch's `amax`; tfjs gives each of them all of it. */
function extremumGradient(kernelName: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      const axes = axesOf(x, attributes as ReductionAttributes);
      const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      return {
        x: () => {
          const hits = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
          const share = tf.div(tf.reshape(dy as tf.Tensor, kept), tf.sum(hits, axes, true));
          return tf.mul(hits, share);
        },
      };
    },
  };
}

/** dy times the product of all others, those before times those after: no quotient, so zeros do no harm. */
function productGradient(dy: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const rows = others.map((axis) => x.shape[axis]!);
  const last = others.length;
  const factors = tf.reshape(tf.transpose(x, order), [...rows, -1]); // […, factors]
  const before = tf.cumprod(factors, last, true);
  const after = tf.cumprod(factors, last, true, true);
  const slopes = tf.mul(tf.mul(before, after), tf.reshape(dy, [...rows, 1]));
  const permuted = order.map((axis) => x.shape[axis]!);
  return tf.transpose(
    tf.reshape(slopes, permuted),
    order.map((_, axis) => order.indexOf(axis)),
  );
}
