import type { Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/**
 * A value held back until another is there: the first plus nothing, where the nothing is an element of the second minus itself. No
 * optimizer may drop that, since it would not be nothing for an infinite or undefined element.
 */
const lower: Rule = ({ operator, inputs }, { builder }) => {
  if (operator !== 'Barrier') return undefined;
  const [x, trigger] = inputs as [Value, Value];
  const count = trigger.shape.reduce((product, size) => product * size, 1);
  const flat = builder.node('Reshape', [trigger, builder.integers([count])], { shape: [count] });
  const bounds = [[0], [1], [0]].map((bound) => builder.integers(bound));
  const first = builder.node('Slice', [flat, ...bounds], { shape: [1] });
  const nothing = builder.node('Sub', [first, first], { shape: [1] });
  return [builder.node('Add', [x, nothing], x)];
};

/** Writes barriers as ONNX operators; after the passes, which must not see through them. */
export const lowerBarriers: Pass = rewrite(lower);
