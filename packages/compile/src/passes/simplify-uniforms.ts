import { type Node, sameShape, uniformValue, type Value } from '../graph/graph.ts';
import { type Pass, type RewriteContext, type Rule, rewrite } from './rewrite.ts';

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
};

const COMPARISONS = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Pow'];

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
};

/** Operators that keep a uniform value uniform whatever they do with its shape. */
const REARRANGING = new Set(['Reshape', 'Transpose', 'Tile', 'Slice', 'Gather']);

/** f(c) of float constants is a constant. */
const foldFunction: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const value = uniformValue(inputs[0]);
  const apply = FUNCTIONS[operator];
  if (value === undefined || !apply || outputs[0]!.dtype !== 'float32') return undefined;
  return [builder.uniform(apply(value), outputs[0]!.shape)];
};

const foldArithmetic: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const [a, b] = [uniformValue(inputs[0]), uniformValue(inputs[1])];
  const apply = ARITHMETIC[operator];
  if (a === undefined || b === undefined || !apply) return undefined;
  const { dtype, shape } = outputs[0]!;
  const value = apply(a, b);
  return dtype === 'float32'
    ? [builder.uniform(value, shape)]
    : dtype === 'int32' && operator !== 'Div'
      ? [builder.uniform(value | 0, shape, dtype)]
      : undefined;
};

const foldRearranging: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const value = uniformValue(inputs[0]);
  if (value === undefined || !REARRANGING.has(operator)) return undefined;
  return [builder.uniform(value, outputs[0]!.shape, outputs[0]!.dtype)];
};

const foldCast: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const value = uniformValue(inputs[0]);
  if (value === undefined || operator !== 'Cast') return undefined;
  const { dtype, shape } = outputs[0]!;
  const converted = dtype === 'float32' ? value : dtype === 'bool' ? Number(value !== 0) : Math.trunc(value);
  return [builder.uniform(converted, shape, dtype)];
};

/** The sum or mean of equal numbers. */
const foldReduction: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const value = uniformValue(inputs[0]);
  const output = outputs[0]!;
  if (value === undefined || output.dtype !== 'float32') return undefined;
  if (operator === 'ReduceMean') return [builder.uniform(value, output.shape)];
  if (operator !== 'ReduceSum') return undefined;
  const size = (shape: readonly number[]): number => shape.reduce((product, axis) => product * axis, 1);
  return [builder.uniform((value * size(inputs[0]!.shape)) / size(output.shape), output.shape)];
};

/** x + 0, x − 0, x · 1, x / 1 and x¹ are x where the shape stays the same; x² is x · x. */
const dropNeutral: Rule = ({ operator, inputs, outputs }, { builder }) => {
  const [x, y] = inputs as [Value, Value];
  const output = outputs[0]!;
  const isX = (neutral: number): boolean => uniformValue(y) === neutral && sameShape(x.shape, output.shape);
  const isY = (neutral: number): boolean => uniformValue(x) === neutral && sameShape(y.shape, output.shape);
  switch (operator) {
    case 'Add':
      return isX(0) ? [x] : isY(0) ? [y] : undefined;
    case 'Sub':
      return isX(0) ? [x] : undefined;
    case 'Mul':
      return isX(1) ? [x] : isY(1) ? [y] : undefined;
    case 'Div':
      return isX(1) ? [x] : undefined;
    case 'Pow':
      return isX(1) ? [x] : isX(2) ? [builder.node('Mul', [x, x], output)] : undefined;
    default:
      return undefined;
  }
};

/** (x · a) · b is x · (ab): scales met one after the other become one. */
const mergeScales: Rule = (node, context) => {
  const outer = scaleOf(node);
  const inner = outer && outer.x.source.kind === 'node' ? scaleOf(outer.x.source.node) : undefined;
  if (!outer || !inner || context.useCount(outer.x) > 1) return undefined;
  return [scale(context, inner.x, inner.factor * outer.factor, node)];
};

/** x / c is x · (1/c). */
const divideByMultiplying: Rule = (node, context) => {
  const divisor = uniformValue(node.inputs[1]);
  if (node.operator !== 'Div' || divisor === undefined || node.outputs[0]!.dtype !== 'float32')
    return undefined;
  if (!sameShape(node.inputs[0]!.shape, node.outputs[0]!.shape)) return undefined;
  return [scale(context, node.inputs[0]!, 1 / divisor, node)];
};

/** −x is x · (−1), so that it can merge with other scales. */
const negateByMultiplying: Rule = (node, context) =>
  node.operator === 'Neg' && node.outputs[0]!.dtype === 'float32'
    ? [scale(context, node.inputs[0]!, -1, node)]
    : undefined;

/** A uniform operand that broadcasting does not need at full size becomes a scalar. */
const shrinkUniforms: Rule = (node, { builder }) => {
  if (!(node.operator in ARITHMETIC) && !COMPARISONS.includes(node.operator)) return undefined;
  const output = node.outputs[0]!;
  const inputs = node.inputs as readonly Value[];
  const shrunk = inputs.map((value, index) => {
    const uniform = uniformValue(value);
    const other = inputs[1 - index]!;
    if (uniform === undefined || value.shape.length === 0 || !sameShape(other.shape, output.shape))
      return value;
    return builder.uniform(uniform, [], value.dtype);
  });
  if (shrunk.every((value, index) => value === inputs[index])) return undefined;
  return [builder.node(node.operator, shrunk, output, node.attributes)];
};

function scaleOf({ operator, inputs, outputs }: Node): { x: Value; factor: number } | undefined {
  if (operator !== 'Mul' || outputs[0]!.dtype !== 'float32') return undefined;
  const [a, b] = inputs as [Value, Value];
  const [x, factor] = uniformValue(b) === undefined ? [b, uniformValue(a)] : [a, uniformValue(b)];
  return factor !== undefined && sameShape(x.shape, outputs[0]!.shape) ? { x, factor } : undefined;
}

function scale({ builder }: RewriteContext, x: Value, factor: number, { outputs }: Node): Value {
  return builder.node('Mul', [x, builder.uniform(factor)], outputs[0]!);
}

/** Arithmetic with constants whose elements are all equal: folded, merged, or kept as scalars. */
export const simplifyUniforms: Pass = rewrite(
  foldFunction,
  foldArithmetic,
  foldRearranging,
  foldCast,
  foldReduction,
  dropNeutral,
  divideByMultiplying,
  negateByMultiplying,
  mergeScales,
  shrinkUniforms,
);
