import * as tf from '@tensorflow/tfjs-core';

/**
 * The derivative of a sum of products with respect to one factor is the sum of products of the others and dy, with the
 * factor's indices as output. Indices that only this factor has were summed away: its derivative repeats along them.
 */
export const einsumGradient: tf.GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, operands, attributes) => {
    const { equation } = attributes as unknown as { equation: string };
    const { terms, output } = parseEinsum(equation);
    return Object.fromEntries(
      operands.map((operand, index) => [
        index,
        () => {
          const others = operands.map((tensor, other) => [terms[other]!, tensor] as const);
          const factors = [...others.toSpliced(index, 1), [output, dy as tf.Tensor] as const];
          const term = terms[index]!;
          const known = [...term].filter((label) => factors.some(([labels]) => labels.includes(label)));
          const subscripts = factors.map(([labels]) => labels).join(',');
          const sum = tf.einsum(`${subscripts}->${known.join('')}`, ...factors.map(([, tensor]) => tensor));
          const kept = operand.shape.map((size, axis) => (known.includes(term[axis]!) ? size : 1));
          return tf.mul(tf.reshape(sum, kept), tf.onesLike(operand));
        },
      ]),
    );
  },
};

/** The index labels of an equation such as `ij,jk->ik`: of each operand, and of the result. */
export function parseEinsum(equation: string): {
  readonly terms: readonly string[];
  readonly output: string;
} {
  const [left, output] = equation.replaceAll(/\s/g, '').split('->') as [string, string];
  return { terms: left.split(','), output };
}
