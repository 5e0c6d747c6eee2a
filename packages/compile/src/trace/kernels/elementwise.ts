import * as tf from '@tensorflow/tfjs-core';
import type { GraphDType, Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { KernelCall, TraceKernel, TraceKernels } from '../trace-kernel.ts';
import { cast } from './layout.ts';

/** tfjs kernels that are one ONNX operator on each element. */
const UNARY: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

/** tfjs kernels that are one ONNX operator on two broadcast operands. */
const BINARY: Readonly<Record<string, string>> = {
  Add: 'Add',
  Maximum: 'Max',
  Minimum: 'Min',
  Multiply: 'Mul',
  Pow: 'Pow',
  RealDiv: 'Div',
  Sub: 'Sub',
};

const COMPARISONS: Readonly<Record<string, string>> = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
  LogicalXor: 'Xor',
};

type Pair = { readonly a: Value; readonly b: Value };

/** Operators that take integers as they are. */
const OF_INTEGERS = new Set(['Abs', 'Neg', 'Relu', 'Sign']);
/** Kernels whose results are floats even of integers; those of the others are rounded toward zero, as in tfjs. */
const TO_FLOATS = new Set(['Erf', 'Exp']);

const unary =
  (operator: string): TraceKernel =>
  ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    if (x.dtype === 'int32' && OF_INTEGERS.has(operator)) return builder.node(operator, [x], x);
    const floats = cast(builder, x, 'float32');
    const result = builder.node(operator, [floats], floats);
    return TO_FLOATS.has(operator) ? result : cast(builder, result, x.dtype);
  };

const binary =
  (operator: string, dtype?: GraphDType): TraceKernel =>
  ({ inputs, builder }) =>
    broadcast(builder, operator, inputs as Pair, dtype);

function broadcast(builder: GraphBuilder, operator: string, { a, b }: Pair, dtype?: GraphDType): Value {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return builder.node(operator, [a, b], { shape, dtype: dtype ?? a.dtype });
}

/** Applies a unary kernel table. */
function mapValues(
  table: Readonly<Record<string, string>>,
  kernel: (operator: string) => TraceKernel,
): TraceKernels {
  return Object.fromEntries(Object.entries(table).map(([name, operator]) => [name, kernel(operator)]));
}

/** Element by element: arithmetic, comparisons, activations, selection and conversion. */
export const elementwiseKernels: TraceKernels = {
  ...mapValues(UNARY, unary),
  ...mapValues(BINARY, (operator) => binary(operator)),
  ...mapValues(COMPARISONS, (operator) => binary(operator, 'bool')),

  AddN: ({ inputs, builder }) => {
    const values = Object.values(inputs);
    if (values[0]!.dtype === 'float32') return builder.node('Sum', values, values[0]!);
    return values.reduce((sum, value) => builder.node('Add', [sum, value], sum)); // ONNX sums up floats only
  },
  Cast: ({ inputs, attributes, builder }: KernelCall<{ dtype: 'float32' | 'int32' | 'bool' }>) => {
    const { x } = inputs as { x: Value };
    return builder.node('Cast', [x], { shape: x.shape, dtype: attributes.dtype });
  },
  ClipByValue: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ clipValueMin: number; clipValueMax: number }>) => {
    const { x } = inputs as { x: Value };
    const bound = (value: number): Value => builder.uniform(value, [], x.dtype);
    return builder.node('Clip', [x, bound(attributes.clipValueMin), bound(attributes.clipValueMax)], x);
  },
  Elu: unary('Elu'),
  /** An int32 in tfjs, rounded down; ONNX divides integers toward zero. */
  FloorDiv: ({ inputs, builder }) => {
    const { a, b } = inputs as Pair;
    const floats = { a: cast(builder, a, 'float32'), b: cast(builder, b, 'float32') };
    const quotient = broadcast(builder, 'Div', floats);
    const rounded = builder.node('Floor', [quotient], quotient);
    return builder.node('Cast', [rounded], { shape: quotient.shape, dtype: 'int32' });
  },
  Identity: ({ inputs }) => inputs.x!,
  LeakyRelu: ({ inputs, attributes, builder }: KernelCall<{ alpha: number }>) => {
    const { x } = inputs as { x: Value };
    const floats = cast(builder, x, 'float32');
    return builder.node('LeakyRelu', [floats], floats, { alpha: attributes.alpha });
  },
  LogicalNot: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.node('Not', [x], { shape: x.shape, dtype: 'bool' });
  },
  NotEqual: ({ inputs, builder }) => {
    const equal = broadcast(builder, 'Equal', inputs as Pair, 'bool');
    return builder.node('Not', [equal], equal);
  },
  OnesLike: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.uniform(1, x.shape, x.dtype);
  },
  Relu6: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.node('Clip', [x, builder.uniform(0, [], x.dtype), builder.uniform(6, [], x.dtype)], x);
  },
  Rsqrt: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.node('Reciprocal', [builder.node('Sqrt', [x], x)], x);
  },
  Select: ({ inputs, builder }) => {
    const { condition, t, e } = inputs as { condition: Value; t: Value; e: Value };
    const rank = Math.max(condition.shape.length, t.shape.length);
    // tfjs aligns a vector condition with the first axis, ONNX with the last.
    const shape =
      condition.shape.length < rank && condition.shape.length > 0
        ? [...condition.shape, ...Array<number>(rank - condition.shape.length).fill(1)]
        : condition.shape;
    const aligned = builder.node('Reshape', [condition, builder.integers(shape)], { shape, dtype: 'bool' });
    if (t.dtype !== 'bool') return builder.node('Where', [aligned, t, e], t);
    // ONNX Runtime does not choose between flags.
    const chosen = builder.node('And', [aligned, t], t);
    return builder.node(
      'Or',
      [chosen, builder.node('And', [builder.node('Not', [aligned], aligned), e], e)],
      t,
    );
  },
  Square: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.node('Mul', [x, x], x);
  },
  SquaredDifference: ({ inputs, builder }) => {
    const difference = broadcast(builder, 'Sub', inputs as Pair);
    return builder.node('Mul', [difference, difference], difference);
  },
  Step: ({ inputs, attributes, builder }: KernelCall<{ alpha: number }>) => {
    const { x } = inputs as { x: Value };
    const zero = builder.uniform(0, [], x.dtype);
    const positive = builder.node('Greater', [x, zero], { shape: x.shape, dtype: 'bool' });
    const values = [builder.uniform(1), builder.uniform(attributes.alpha)];
    const stepped = builder.node('Where', [positive, ...values], { shape: x.shape });
    return cast(builder, stepped, x.dtype);
  },
  ZerosLike: ({ inputs, builder }) => {
    const { x } = inputs as { x: Value };
    return builder.uniform(0, x.shape, x.dtype);
  },
};
