import * as tf from '@tensorflow/tfjs-core';
import { parseEinsum } from '../../gradients/einsum-gradient.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { ShapeError } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { activate, type FusedAttributes } from './activation.ts';
import { transpose } from './layout.ts';

interface Transpositions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Matrix products. All are recorded as `FusedMatMul` (batched, with transpositions and a factor), the form the
 * passes work on; the last pass turns those of two matrices into `Gemm`.
 */
export const matrixKernels: TraceKernels = {
  BatchMatMul: ({ inputs, attributes, builder }: KernelCall<Transpositions>) => {
    const { a, b } = inputs as { a: Value; b: Value };
    return multiply(builder, a, b, attributes);
  },
  Einsum: ({ inputs, attributes, builder }: KernelCall<{ equation: string }>) => {
    const operands = Object.values(inputs);
    const { terms, output } = parseEinsum(attributes.equation);
    const sizes = new Map<string, number>();
    for (const [index, term] of terms.entries()) {
      for (const [axis, label] of [...term].entries()) sizes.set(label, operands[index]!.shape[axis]!);
    }
    const shape = [...output].map((label) => sizes.get(label)!);
    const equation = `${terms.join(',')}->${output}`;
    return builder.node('Einsum', operands, { shape, dtype: operands[0]!.dtype }, { equation });
  },
  Transpose: ({ inputs, attributes, builder }: KernelCall<{ perm: number[] }>) =>
    transpose(builder, inputs.x!, attributes.perm),
  _FusedMatMul: ({ inputs, attributes, builder }: KernelCall<Transpositions & FusedAttributes>) => {
    const { a, b } = inputs as { a: Value; b: Value };
    return activate(builder, multiply(builder, a, b, attributes), inputs, attributes);
  },
};

function multiply(
  builder: GraphBuilder,
  a: Value,
  b: Value,
  { transposeA, transposeB }: Transpositions,
): Value {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const inner = [a.shape.at(transposeA ? -2 : -1)!, b.shape.at(transposeB ? -1 : -2)!] as const;
  if (inner[0] !== inner[1]) {
    throw new ShapeError(`the inner sizes of the product must be equal, got ${inner[0]} and ${inner[1]}.`);
  }
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: 1 };
  return builder.node('FusedMatMul', [a, b], { shape: [...batch, rows, columns] }, attributes);
}
