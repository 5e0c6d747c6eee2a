import type { Node, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';

const ELEMENTWISE = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'],
  ...['Abs', 'Cast', 'Erf', 'Exp', 'Log', 'Neg', 'Reciprocal', 'Relu', 'Sigmoid', 'Sqrt', 'Tanh'],
]);

/** What a value of a loop body is outside the loop. */
export interface Outside {
  /** `[length, ...]`: its rows at all steps, if it does not depend on the loop's state. */
  stacked(value: Value): Value | undefined;
  /** The value itself, if it is the same at every step. */
  invariant(value: Value): Value | undefined;
}

/**
 * What a node of a loop body gives at all steps, computed at once outside the loop: elementwise operators, and products of a row with a
 * matrix that is the same at every step.
 *
 * @returns `[length, ...]`; undefined where that cannot be
 */
export function overAllSteps(
  { operator, inputs, attributes, outputs }: Node,
  length: number,
  builder: GraphBuilder,
  outside: Outside,
): Value | undefined {
  const output = outputs[0]!;
  const shape = [length, ...output.shape];
  if (ELEMENTWISE.has(operator)) {
    const operands = inputs.map((value) => {
      const stacked = outside.stacked(value!);
      if (stacked) return value!.shape.length === output.shape.length ? stacked : undefined;
      return outside.invariant(value!);
    });
    if (operands.includes(undefined)) return undefined;
    return builder.node(operator, operands, { dtype: output.dtype, shape }, attributes);
  }
  if (operator !== 'FusedMatMul' || attributes.transA !== 0) return undefined;
  const [rows, matrix] = [outside.stacked(inputs[0]!), outside.invariant(inputs[1]!)];
  if (!rows || !matrix || rows.shape.length !== 3 || matrix.shape.length !== 2) return undefined;
  const [, count, size] = rows.shape as [number, number, number];
  const columns = output.shape[1]!;
  const flat = reshape(builder, rows, [length * count, size]); // [T, B, in] -> [T B, in]
  const product = builder.node(operator, [flat, matrix], { shape: [length * count, columns] }, attributes);
  return reshape(builder, product, shape); // [T B, out] -> [T, B, out]
}

export function reshape(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return builder.node('Reshape', [x, builder.integers(shape)], { shape, dtype: x.dtype });
}

export function isConstant({ source }: Value): boolean {
  return source.kind === 'constant' || source.kind === 'uniform';
}
