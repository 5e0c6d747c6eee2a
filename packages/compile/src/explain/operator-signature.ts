import type { OperatorShapes } from './explanation.ts';

/** Operators whose operands are whatever their bodies use. */
const CONTROL_FLOW = new Set(['If', 'Scan']);

/**
 * An operator with the types of its operands and of its first result, which decide where it can run: `Cast(int64) → int32`. Operands of the
 * same type in a row are one: `Concat(bool) → bool`.
 */
export function operatorSignature({ operator, inputs, outputs }: OperatorShapes): string {
  if (CONTROL_FLOW.has(operator)) return operator;
  const types = inputs.map(({ dtype }) => dtype).filter((dtype, index, all) => dtype !== all[index - 1]);
  return `${operator}(${types.join(', ')}) → ${outputs[0]!.dtype}`;
}
