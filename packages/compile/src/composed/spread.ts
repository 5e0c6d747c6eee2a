import * as tf from '@tensorflow/tfjs-core';

/** x with `gaps[axis] − 1` zeros between neighbors along each axis; axes without a gap stay. */
export function withGaps(x: tf.Tensor, gaps: readonly number[]): tf.Tensor {
  let spread = x;
  for (const [axis, gap] of gaps.entries()) {
    if (gap === 1) continue;
    const { shape } = spread;
    const outer = tf.util.sizeFromShape(shape.slice(0, axis));
    const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
    const size = shape[axis]!;
    const zeros: [number, number][] = [
      [0, 0],
      [0, 0],
      [0, gap - 1],
      [0, 0],
    ];
    const padded = tf.reshape(tf.pad(tf.reshape(spread, [outer, size, 1, inner]), zeros), [outer, -1, inner]);
    const length = (size - 1) * gap + 1;
    spread = tf.reshape(tf.slice(padded, [0, 0, 0], [outer, length, inner]), shape.with(axis, length));
  }
  return spread;
}

/** x with zeros before and after along each axis; where fewer than none are asked for, elements fall away. */
export function resizedBy(x: tf.Tensor, margins: readonly (readonly [number, number])[]): tf.Tensor {
  const begin = margins.map(([before]) => Math.max(0, -before));
  const size = margins.map(([, after], axis) => x.shape[axis]! - begin[axis]! - Math.max(0, -after));
  const kept = tf.slice(x, begin, size);
  return tf.pad(
    kept,
    margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as [number, number]),
  );
}
