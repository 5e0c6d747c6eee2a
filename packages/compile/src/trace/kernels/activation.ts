import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

/** What tfjs's fused kernels do after their product. */
export interface FusedAttributes {
  readonly activation?: 'linear' | 'relu' | 'relu6' | 'elu' | 'leakyrelu' | 'prelu' | 'sigmoid';
  readonly leakyreluAlpha?: number;
}

/** Adds a fused kernel's bias and applies its activation. */
export function activate(
  builder: GraphBuilder,
  product: Value,
  { bias, preluActivationWeights: slope }: Readonly<Record<string, Value>>,
  { activation = 'linear', leakyreluAlpha = 0.2 }: FusedAttributes,
): Value {
  const x = bias ? builder.node('Add', [product, bias], withShape(product, bias)) : product;
  const zero = builder.uniform(0);
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return builder.node('Relu', [x], x);
    case 'relu6':
      return builder.node('Clip', [x, zero, builder.uniform(6)], x);
    case 'elu':
      return builder.node('Elu', [x], x);
    case 'sigmoid':
      return builder.node('Sigmoid', [x], x);
    case 'leakyrelu':
      return builder.node('LeakyRelu', [x], x, { alpha: leakyreluAlpha });
    case 'prelu': {
      const positive = builder.node('GreaterOrEqual', [x, zero], { shape: x.shape, dtype: 'bool' });
      return builder.node('Where', [positive, x, builder.node('Mul', [x, slope!], x)], x);
    }
  }
}

function withShape(a: Value, b: Value): { shape: number[]; dtype: Value['dtype'] } {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return { shape, dtype: a.dtype };
}
