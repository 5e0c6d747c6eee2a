import { producer, sameShape, uniformValue, type Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/** x · (1 where c, otherwise 0) is x where c, otherwise 0: how gradients of ReLU, clipping and maxima come out of tfjs. */
const selectProduct: Rule = ({ operator, inputs, outputs }, { builder, useCount }) => {
  const output = outputs[0]!;
  if (operator !== 'Mul' || output.dtype !== 'float32') return undefined;
  const [a, b] = inputs as [Value, Value];
  const mask = selects(b) ? b : a;
  const x = mask === b ? a : b;
  const condition = selects(mask);
  if (!condition || useCount(mask) > 1 || !sameShape(x.shape, output.shape)) return undefined;
  return [builder.node('Where', [condition, x, builder.uniform(0)], output)];
};

/** What a factor of ones and zeros depends on. */
function selects(value: Value): Value | undefined {
  const where = producer(value, 'Where');
  if (where && uniformValue(where.inputs[1]) === 1 && uniformValue(where.inputs[2]) === 0)
    return where.inputs[0];
  const cast = producer(value, 'Cast');
  return cast?.inputs[0]?.dtype === 'bool' ? cast.inputs[0] : undefined;
}

/** Products with masks that comparisons make become choices: one pass over memory instead of two. */
export const selectInsteadOfMultiply: Pass = rewrite(selectProduct);
