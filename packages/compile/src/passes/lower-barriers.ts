import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
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
  if (x.dtype !== 'float32') return [reshapedWith(builder, x, first)];
  const nothing = builder.node('Sub', [first, first], { shape: [1] });
  const ofRank = x.shape.length > 0 ? nothing : builder.node('Reshape', [nothing, builder.integers([])], x);
  return [builder.node('Add', [x, ofRank], x)];
};

/** Stored weights cannot be added to: they are reshaped to their shape plus nothing, the nothing being "positive and not positive". */
function reshapedWith(builder: GraphBuilder, x: Value, number: Value): Value {
  const bool = { shape: [1], dtype: 'bool' } as const;
  const isPositive = builder.node('Greater', [number, builder.uniform(0)], bool);
  const never = builder.node('And', [isPositive, builder.node('Not', [isPositive], bool)], bool);
  const nothing = builder.node('Cast', [never], { shape: [1], dtype: 'int64' });
  const shape = builder.integers(x.shape);
  return builder.node('Reshape', [x, builder.node('Add', [shape, nothing], shape)], x);
}

/** Writes barriers as ONNX operators; after the passes, which must not see through them. */
export const lowerBarriers: Pass = rewrite(lower);
