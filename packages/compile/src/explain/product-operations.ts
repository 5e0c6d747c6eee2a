import { sizeOf } from '../tensor-data.ts';
import type { OperatorShapes } from './explanation.ts';

const PRODUCTS = new Set(['MatMul', 'FusedMatMul', 'Gemm', 'TransposeMatMul', 'FusedGemm']);
const CONVOLUTIONS = new Set(['Conv', 'FusedConv', 'NhwcConv', 'NhwcFusedConv']);

/**
 * Multiplications and additions of a matrix product or a convolution: two for each element of the sums. 0 for other operators.
 *
 * Shapes tell all: the inner size of a product is what its first operand has more than rows, transposed or not.
 */
export function productOperations({ operator, inputs, outputs }: OperatorShapes): number {
  const [a, b] = inputs;
  const out = outputs[0]?.shape;
  if (!a || !b || !out) return 0;
  if (PRODUCTS.has(operator)) {
    const rows = a.shape.length < 2 ? 1 : out.at(-2)!;
    return 2 * sizeOf(out) * (sizeOf(a.shape.slice(-2)) / rows);
  }
  if (CONVOLUTIONS.has(operator)) return 2 * sizeOf(out) * sizeOf(b.shape.slice(1)); // filter [out, in / groups, ...window]
  if (operator === 'ConvTranspose') return 2 * sizeOf(a.shape) * sizeOf(b.shape.slice(1)); // filter [in, out / groups, ...window]
  return 0;
}
