import * as tf from '@tensorflow/tfjs-core';
import type { GraphDType, Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { KernelCall, TraceKernel, TraceKernels } from '../trace-kernel.ts';
import { cast } from './layout.ts';

/** Element by element, by several ONNX operators. */
export const composedKernels: TraceKernels = {
  Atan2: inFloats(({ inputs, builder }) => {
    const { a, b } = inputs as Pair;
    const { op, where, number } = elementwise(builder, a, b);
    const angle = op('Atan', op('Div', a, b));
    const turned = where(op('GreaterOrEqual', a, number(0)), number(Math.PI), number(-Math.PI));
    const left = where(op('Less', b, number(0)), op('Add', angle, turned), angle);
    const atOrigin = op('And', op('Equal', a, number(0)), op('Equal', b, number(0)));
    return where(atOrigin, number(0), left);
  }),
  BitwiseAnd: ({ inputs, builder }) => {
    const { a, b } = inputs as Pair;
    return elementwise(builder, a, b).op('BitwiseAnd', a, b);
  },
  EluGrad: ({ inputs, builder }) => {
    const { dy, y } = inputs as { dy: Value; y: Value };
    const { op, where, number } = elementwise(builder, dy, y);
    return where(op('GreaterOrEqual', y, number(0)), dy, op('Mul', dy, op('Add', y, number(1))));
  },
  /** tanh(x / 2) · (eˣ + 1), which keeps its digits near 0. */
  Expm1: inFloats(({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    const { op, number } = elementwise(builder, x);
    return op('Mul', op('Tanh', op('Mul', x, number(0.5))), op('Add', op('Exp', x), number(1)));
  }),
  IsFinite: inFloats(({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    const { op } = elementwise(builder, x);
    return op('Not', op('Or', op('IsNaN', x), op('IsInf', x)));
  }),
  IsInf: inFloats(({ inputs, builder }) => elementwise(builder, inputs.x!).op('IsInf', inputs.x!)),
  IsNan: inFloats(({ inputs, builder }) => elementwise(builder, inputs.x!).op('IsNaN', inputs.x!)),
  /** log(u) · x / (u − 1) with u = 1 + x rounded, which keeps its digits near 0 (Kahan; HP-15C manual). */
  Log1p: inFloats(({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    const { op, where, number } = elementwise(builder, x);
    const u = op('Add', x, number(1));
    const precise = op('Mul', op('Log', u), op('Div', x, op('Sub', u, number(1))));
    const rounded = where(op('Equal', u, number(1)), x, precise);
    return where(op('Equal', x, number(Infinity)), x, rounded);
  }),
  /** The remainder has the sign of the divisor. */
  Mod: ({ inputs, builder }) => {
    const { a, b } = inputs as Pair;
    const { op, where, number, shape } = elementwise(builder, a, b);
    const remainder = builder.node('Mod', [a, b], { shape, dtype: a.dtype }, { fmod: 1 });
    const otherSign = op('Less', op('Mul', op('Sign', remainder), op('Sign', b)), number(0));
    return where(otherSign, op('Add', remainder, b), remainder);
  },
  Prelu: ({ inputs, builder }) => {
    const { x, alpha } = inputs as { x: Value; alpha: Value };
    const { op, where, number } = elementwise(builder, x, alpha);
    return where(op('GreaterOrEqual', x, number(0)), x, op('Mul', x, alpha));
  },
  Selu: inFloats(({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    const { SELU_SCALEALPHA, SELU_SCALE } = tf.backend_util;
    return builder.node('Selu', [x], x, { alpha: SELU_SCALEALPHA / SELU_SCALE, gamma: SELU_SCALE });
  }),
  FusedBatchNorm: ({ inputs, attributes, builder }: KernelCall<{ varianceEpsilon: number }>) => {
    const { x, mean, variance, offset, scale } = inputs as Record<string, Value>;
    const { op, number } = elementwise(builder, x!);
    const deviation = op('Sqrt', op('Add', variance!, number(attributes.varianceEpsilon)));
    const normalized = op('Div', op('Sub', x!, mean!), deviation);
    const scaled = scale ? op('Mul', normalized, scale) : normalized;
    return offset ? op('Add', scaled, offset) : scaled;
  },
};

/** A kernel of floats. Of integers it computes the same, rounded toward zero at the end, as in tfjs. */
function inFloats(kernel: TraceKernel): TraceKernel {
  return (call) => {
    const { builder, inputs } = call;
    const { dtype } = Object.values(inputs)[0]!;
    const floats = Object.entries(inputs).map(([name, x]) => [name, cast(builder, x, 'float32')] as const);
    const result = kernel({ ...call, inputs: Object.fromEntries(floats) }) as Value;
    return result.dtype === 'bool' ? result : cast(builder, result, dtype);
  };
}

type Pair = { readonly a: Value; readonly b: Value };

const BOOLEAN = new Set(['And', 'Equal', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'Not', 'Or']);

/** Operators whose result's shape follows from their operands. */
function elementwise(builder: GraphBuilder, ...operands: readonly Value[]) {
  const dtype = operands[0]!.dtype;
  const shape = broadcastShape(operands);
  const number = (value: number): Value => builder.uniform(value, [], dtype);
  const op = (operator: string, ...inputs: readonly Value[]): Value => {
    const type: GraphDType = BOOLEAN.has(operator) ? 'bool' : inputs[0]!.dtype;
    return builder.node(operator, inputs, { shape: broadcastShape(inputs), dtype: type });
  };
  const where = (condition: Value, a: Value, b: Value): Value =>
    builder.node('Where', [condition, a, b], { shape: broadcastShape([condition, a, b]), dtype: a.dtype });
  return { op, where, number, shape };
}

function broadcastShape(values: readonly Value[]): number[] {
  return values.reduce<number[]>(
    (shape, value) => tf.broadcast_util.assertAndGetBroadcastShape(shape, [...value.shape]),
    [],
  );
}
