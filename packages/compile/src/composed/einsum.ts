import * as tf from '@tensorflow/tfjs-core';
import { parseEinsum } from '../gradients/einsum-gradient.ts';
import type { ComposedKernels } from './composed-kernel.ts';

/** A tensor with a label for each axis. */
interface Labelled {
  readonly tensor: tf.Tensor;
  readonly labels: string;
}

/** Sums of products as matrix products, one operand after the other. */
export const einsumKernels: ComposedKernels = {
  Einsum: (inputs, { equation }: { equation: string }) => {
    const { terms, output } = parseEinsum(equation);
    const operands = Object.values(inputs).map((tensor, index) =>
      labelled(tensor, terms[index] ?? '', equation),
    );
    const [first, ...others] = operands as [Labelled, ...Labelled[]];
    let product = first;
    for (const [index, factor] of others.entries()) {
      const later = terms.slice(index + 2).join('');
      product = multiply(product, factor, later + output);
    }
    const sum = summed(product, output);
    return arranged(sum, output);
  },
};

function labelled(tensor: tf.Tensor, labels: string, equation: string): Labelled {
  if (labels.length !== tensor.rank || new Set(labels).size !== labels.length) {
    throw new RangeError(
      `einsum: every operand must have one label for each axis, all different, got "${labels}" of "${equation}" for shape [${tensor.shape}].`,
    );
  }
  return { tensor, labels };
}

/** The product of two factors, summed over the labels that nobody needs afterwards. */
function multiply(first: Labelled, second: Labelled, needed: string): Labelled {
  const a = summed(first, second.labels + needed);
  const b = summed(second, first.labels + needed);
  const shared = [...a.labels].filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => needed.includes(label)).join('');
  const inner = shared.filter((label) => !needed.includes(label)).join('');
  const rows = [...a.labels].filter((label) => !shared.includes(label)).join('');
  const columns = [...b.labels].filter((label) => !shared.includes(label)).join('');
  const product = tf.matMul(grouped(a, [batch, rows, inner]), grouped(b, [batch, inner, columns]));
  const shape = [...sizesOf(a, batch + rows), ...sizesOf(b, columns)];
  return { tensor: tf.reshape(product, shape), labels: batch + rows + columns };
}

/** Summed over the labels that are not kept. */
function summed({ tensor, labels }: Labelled, kept: string): Labelled {
  const axes = [...labels].flatMap((label, axis) => (kept.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return {
    tensor: tf.sum(tensor, axes),
    labels: [...labels].filter((label) => kept.includes(label)).join(''),
  };
}

/** As many axes as groups of labels. */
function grouped(x: Labelled, groups: readonly string[]): tf.Tensor {
  const sizes = groups.map((group) => tf.util.sizeFromShape(sizesOf(x, group)));
  return tf.reshape(arranged(x, groups.join('')), sizes);
}

function arranged({ tensor, labels }: Labelled, order: string): tf.Tensor {
  return tf.transpose(
    tensor,
    [...order].map((label) => labels.indexOf(label)),
  );
}

function sizesOf({ tensor, labels }: Labelled, of: string): number[] {
  return [...of].map((label) => tensor.shape[labels.indexOf(label)]!);
}
