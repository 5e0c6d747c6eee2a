import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  gelu,
  layerNorm,
  linear,
  remat,
  rmsNorm,
  silu,
  softmaxCrossEntropy,
} from '../../src/index.ts';
import { sizeOf } from '../../src/tensor-data.ts';
import type { Choices, Known, Operation } from './instruction.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const named = <T>(
  ops: Readonly<Record<string, T>>,
  operation: (op: T) => Operation,
): Record<string, Operation> =>
  Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, operation(op)]));

/** Of one tensor of any shape. */
const unary = (ops: Readonly<Record<string, Unary>>, types: readonly Known['dtype'][]) =>
  named(ops, (op) => (choose) => {
    const x = choose.tensor(({ dtype }) => types.includes(dtype));
    return x === undefined ? undefined : { operands: [x], apply: op };
  });

/** Of two tensors, broadcast together. */
const binary = (ops: Readonly<Record<string, Binary>>, types: readonly Known['dtype'][]) =>
  named(ops, (op) => (choose) => {
    const a = choose.tensor(({ dtype }) => types.includes(dtype));
    if (a === undefined) return undefined;
    const b = choose.broadcastWith(choose.at(a).dtype, choose.at(a).shape);
    return choose.flag() ? { operands: [a, b], apply: op } : { operands: [b, a], apply: op };
  });

/** Over some axes, which may be kept. */
const reduction = (
  ops: Readonly<Record<string, (x: tf.Tensor, axes: number[] | undefined, keep: boolean) => tf.Tensor>>,
  types: readonly Known['dtype'][],
) =>
  named(ops, (op) => (choose) => {
    const x = choose.tensor(({ dtype, shape }) => types.includes(dtype) && shape.length > 0);
    if (x === undefined) return undefined;
    const axes = choose.integer(0, 4) === 0 ? undefined : choose.axes(x);
    const keep = choose.flag();
    return { operands: [x], apply: (x) => op(x!, axes, keep), attributes: [axes, keep] };
  });

/** A float image with room for windows. */
const image = (choose: Choices): number | undefined => {
  const known = choose.tensor(
    ({ dtype, shape }) => dtype === 'float32' && shape.length === 4 && shape[1]! > 1 && shape[2]! > 1,
  );
  if (known !== undefined && choose.flag()) return known;
  return choose.input('float32', [
    choose.integer(1, 2),
    choose.integer(2, 6),
    choose.integer(2, 6),
    choose.integer(1, 3),
  ]);
};

const window = (choose: Choices, shape: readonly number[]) => ({
  size: [choose.integer(1, Math.min(3, shape[1]!)), choose.integer(1, Math.min(3, shape[2]!))] as [
    number,
    number,
  ],
  strides: [choose.integer(1, 2), choose.integer(1, 2)] as [number, number],
  pad: choose.oneOf(['same', 'valid'] as const),
});

const pooling =
  (
    pool: (
      x: tf.Tensor4D,
      size: [number, number],
      strides: [number, number],
      pad: 'same' | 'valid',
    ) => tf.Tensor,
  ): Operation =>
  (choose) => {
    const x = image(choose)!;
    const { size, strides, pad } = window(choose, choose.at(x).shape);
    return {
      operands: [x],
      apply: (x) => pool(x as tf.Tensor4D, size, strides, pad),
      attributes: [size, strides, pad],
    };
  };

const MOVES: Record<string, Operation> = {
  reshape: (choose) => {
    const x = choose.tensor(() => true)!;
    const { shape } = choose.at(x);
    const factors: number[] = [];
    let rest = sizeOf(shape);
    while (rest > 1 && factors.length < 3) {
      const divisors = Array.from({ length: rest }, (_, index) => index + 1).filter(
        (size) => rest % size === 0,
      );
      const size = choose.oneOf(divisors);
      factors.push(size);
      rest /= size;
    }
    const target = choose.shuffled([...factors, rest]);
    return { operands: [x], apply: (x) => tf.reshape(x!, target), attributes: target };
  },
  transpose: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 1);
    if (x === undefined) return undefined;
    const order = choose.shuffled([...choose.at(x).shape.keys()]);
    return { operands: [x], apply: (x) => tf.transpose(x!, order), attributes: order };
  },
  expandDims: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length < 4)!;
    if (x === undefined) return undefined;
    const axis = choose.integer(0, choose.at(x).shape.length);
    return { operands: [x], apply: (x) => tf.expandDims(x!, axis), attributes: [axis] };
  },
  squeeze: (choose) => {
    const x = choose.tensor(({ shape }) => shape.includes(1));
    return x === undefined ? undefined : { operands: [x], apply: (x) => tf.squeeze(x!) };
  },
  slice: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0);
    if (x === undefined) return undefined;
    const { shape } = choose.at(x);
    const begin = shape.map((size) => choose.integer(0, size - 1));
    const size = shape.map((size, axis) => choose.oneOf([-1, choose.integer(1, size - begin[axis]!)]));
    return { operands: [x], apply: (x) => tf.slice(x!, begin, size), attributes: [begin, size] };
  },
  stridedSlice: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0);
    if (x === undefined) return undefined;
    const { shape } = choose.at(x);
    const strides = shape.map(() => choose.oneOf([1, 2, -1, -2]));
    const begin = shape.map((size, axis) => (strides[axis]! > 0 ? choose.integer(0, size - 1) : size - 1));
    const end = shape.map((size, axis) => (strides[axis]! > 0 ? size : -size - 1));
    return {
      operands: [x],
      apply: (x) => tf.stridedSlice(x!, begin, end, strides),
      attributes: [begin, end, strides],
    };
  },
  pad: (choose) => {
    const x = choose.tensor(({ shape, dtype }) => shape.length > 0 && shape.length < 5 && dtype !== 'bool');
    if (x === undefined) return undefined;
    const around = choose
      .at(x)
      .shape.map(() => [choose.integer(0, 2), choose.integer(0, 2)] as [number, number]);
    const value = choose.integer(-1, 1);
    return { operands: [x], apply: (x) => tf.pad(x!, around, value), attributes: [around, value] };
  },
  mirrorPad: (choose) => {
    const x = choose.tensor(
      ({ shape, dtype }) => shape.length > 0 && shape.length < 5 && dtype === 'float32',
    );
    if (x === undefined) return undefined;
    const mode = choose.oneOf(['reflect', 'symmetric'] as const);
    const around = choose.at(x).shape.map((size) => {
      const most = Math.min(2, mode === 'reflect' ? size - 1 : size);
      return [choose.integer(0, most), choose.integer(0, most)] as [number, number];
    });
    return { operands: [x], apply: (x) => tf.mirrorPad(x!, around, mode), attributes: [around, mode] };
  },
  tile: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0 && shape.length < 5);
    if (x === undefined) return undefined;
    const times = choose.at(x).shape.map(() => choose.integer(1, 2));
    return { operands: [x], apply: (x) => tf.tile(x!, times), attributes: times };
  },
  reverse: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0 && shape.length < 5);
    if (x === undefined) return undefined;
    const axes = choose.axes(x);
    return { operands: [x], apply: (x) => tf.reverse(x!, axes), attributes: axes };
  },
  broadcastTo: (choose) => {
    const x = choose.tensor(({ shape, dtype }) => shape.length < 4 && dtype === 'float32');
    if (x === undefined) return undefined;
    const own = choose.at(x).shape.map((size) => (size === 1 ? choose.integer(1, 3) : size));
    const target = choose.flag() ? own : [choose.integer(1, 3), ...own];
    return { operands: [x], apply: (x) => tf.broadcastTo(x!, target), attributes: target };
  },
  concat: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0 && shape.length < 5);
    if (x === undefined) return undefined;
    const { shape, dtype } = choose.at(x);
    const axis = choose.axis(x);
    const at = axis < 0 ? axis + shape.length : axis;
    const others = Array.from({ length: choose.integer(1, 2) }, () =>
      choose.ofShape(
        dtype,
        shape.map((size, index) => (index === at ? choose.integer(1, 3) : size)),
      ),
    );
    return { operands: [x, ...others], apply: (...xs) => tf.concat(xs, axis), attributes: [axis] };
  },
  stack: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length < 4);
    if (x === undefined) return undefined;
    const { shape, dtype } = choose.at(x);
    const axis = choose.integer(0, shape.length);
    const other = choose.ofShape(dtype, shape);
    return { operands: [x, other, x], apply: (...xs) => tf.stack(xs, axis), attributes: [axis] };
  },
  unstack: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0);
    if (x === undefined) return undefined;
    const axis = choose.axis(x);
    return { operands: [x], apply: (x) => tf.unstack(x!, axis).at(-1)!, attributes: [axis] };
  },
  split: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0 && shape.length < 5 && shape[0]! > 1);
    if (x === undefined) return undefined;
    const size = choose.at(x).shape[0]!;
    const first = choose.integer(1, size - 1);
    return { operands: [x], apply: (x) => tf.split(x!, [first, size - first], 0)[1]!, attributes: [first] };
  },
  gather: (choose) => {
    const x = choose.tensor(({ shape }) => shape.length > 0 && shape.length < 4);
    if (x === undefined) return undefined;
    const { shape } = choose.at(x);
    const axis = choose.axis(x);
    const size = shape.at(axis)!;
    const picks = Array.from({ length: choose.integer(1, 4) }, () => choose.integer(0, size - 1));
    const indices = choose.flag() ? picks : [picks, [...picks].reverse()];
    return {
      operands: [x],
      apply: (x) => tf.gather(x!, tf.tensor(indices as number[], undefined, 'int32'), axis),
      attributes: [indices, axis],
    };
  },
  gatherByIds: (choose) => {
    const x = choose.tensor(
      ({ shape, dtype }) => shape.length > 0 && shape.length < 4 && dtype === 'float32',
    );
    const ids = choose.tensor(
      ({ shape, dtype }) => shape.length > 0 && shape.length < 3 && dtype === 'int32',
    );
    if (x === undefined || ids === undefined) return undefined;
    const size = choose.at(x).shape[0]!;
    return {
      operands: [x, ids],
      apply: (x, ids) => tf.gather(x!, tf.mod(tf.abs(ids!), tf.scalar(size, 'int32'))),
      attributes: [size],
    };
  },
  oneHot: (choose) => {
    const ids = choose.tensor(({ shape, dtype }) => shape.length < 4 && dtype === 'int32');
    if (ids === undefined) return undefined;
    const depth = choose.integer(2, 4);
    return { operands: [ids], apply: (x) => tf.oneHot(x!, depth), attributes: [depth] };
  },
  where: (choose) => {
    const flags = choose.tensor(({ dtype, shape }) => dtype === 'bool' && shape.length < 5);
    if (flags === undefined) return undefined;
    const a = choose.broadcastWith('float32', choose.at(flags).shape);
    if (!fits(choose.at(a).shape, choose.at(flags).shape)) return undefined;
    const b = choose.ofShape('float32', choose.at(flags).shape);
    return { operands: [flags, a, b], apply: (flags, a, b) => tf.where(flags!, a!, b!) };
  },
  cast: (choose) => {
    const x = choose.tensor(() => true)!;
    const type = choose.oneOf(['float32', 'int32', 'bool'] as const);
    return { operands: [x], apply: (x) => tf.cast(x!, type), attributes: [type] };
  },
  cumulate: (choose) => {
    const x = choose.tensor(({ shape, dtype }) => dtype !== 'bool' && shape.length > 0 && shape.length < 5);
    if (x === undefined) return undefined;
    const [axis, exclusive, reverse] = [choose.axis(x), choose.flag(), choose.flag()];
    const op = choose.oneOf([tf.cumsum, tf.cumprod]);
    return {
      operands: [x],
      apply: (x) => op(x!, axis, exclusive, reverse),
      attributes: [op.name, axis, exclusive, reverse],
    };
  },
  extremePlace: (choose) => {
    const x = choose.tensor(({ shape, dtype }) => dtype !== 'bool' && shape.length > 0);
    if (x === undefined) return undefined;
    const [axis, op] = [choose.axis(x), choose.oneOf([tf.argMax, tf.argMin])];
    return { operands: [x], apply: (x) => op(x!, axis), attributes: [op.name, axis] };
  },
  topk: (choose) => {
    const x = choose.tensor(
      ({ shape, dtype }) => dtype === 'float32' && shape.length > 0 && shape.length < 5,
    );
    if (x === undefined) return undefined;
    const k = choose.integer(1, choose.at(x).shape.at(-1)!);
    return { operands: [x], apply: (x) => tf.topk(x!, k).values, attributes: [k] };
  },
  clipByValue: (choose) => {
    const x = choose.tensor(({ dtype }) => dtype !== 'bool')!;
    const [low, high] = [choose.integer(-2, 0), choose.integer(0, 2)];
    return { operands: [x], apply: (x) => tf.clipByValue(x!, low, high), attributes: [low, high] };
  },
  segmentSum: (choose) => {
    const x = choose.tensor(
      ({ shape, dtype }) => dtype === 'float32' && shape.length > 0 && shape.length < 4,
    );
    if (x === undefined) return undefined;
    const count = choose.integer(1, 4);
    const ids = Array.from({ length: choose.at(x).shape[0]! }, () => choose.integer(0, count - 1));
    return {
      operands: [x],
      apply: (x) => tf.unsortedSegmentSum(x!, tf.tensor1d(ids, 'int32'), count),
      attributes: [ids, count],
    };
  },
};

const PRODUCTS: Record<string, Operation> = {
  matMul: (choose) => {
    const a = choose.float(2, 4);
    if (a === undefined) return undefined;
    const { shape } = choose.at(a);
    const [transposeA, transposeB] = [choose.flag(), choose.flag()];
    const inner = transposeA ? shape.at(-2)! : shape.at(-1)!;
    const other = choose.integer(1, 4);
    const batch = shape.slice(0, -2);
    const b = choose.ofShape('float32', [
      ...choose.oneOf([batch, [], batch.map(() => 1)]),
      ...(transposeB ? [other, inner] : [inner, other]),
    ]);
    return {
      operands: [a, b],
      apply: (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
      attributes: [transposeA, transposeB],
    };
  },
  fusedMatMul: (choose) => {
    const a = choose.float(2, 2); // tfjs's gradient of the fused op knows no batches
    if (a === undefined) return undefined;
    const other = choose.integer(1, 4);
    const b = choose.ofShape('float32', [choose.at(a).shape.at(-1)!, other]);
    const bias = choose.ofShape('float32', [other]);
    const activation = choose.oneOf(['linear', 'relu', 'elu', 'sigmoid'] as const);
    return {
      operands: [a, b, bias],
      apply: (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation }),
      attributes: [activation],
    };
  },
  dot: (choose) => {
    const a = choose.float(1, 2);
    if (a === undefined) return undefined;
    const b = choose.ofShape('float32', [choose.at(a).shape.at(-1)!]);
    return { operands: [a, b], apply: (a, b) => tf.dot(a!, b!) };
  },
  conv2d: (choose) => {
    const x = image(choose)!;
    const { shape } = choose.at(x);
    const { size, strides, pad } = window(choose, shape);
    const filter = choose.ofShape('float32', [...size, shape[3]!, choose.integer(1, 3)]);
    return {
      operands: [x, filter],
      apply: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
      attributes: [strides, pad],
    };
  },
  depthwiseConv2d: (choose) => {
    const x = image(choose)!;
    const { shape } = choose.at(x);
    const { size, strides, pad } = window(choose, shape);
    const stride = strides[0];
    const filter = choose.ofShape('float32', [...size, shape[3]!, choose.integer(1, 2)]);
    return {
      operands: [x, filter],
      apply: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
      attributes: [stride, pad],
    };
  },
  maxPool: pooling((x, size, strides, pad) => tf.maxPool(x, size, strides, pad)),
  avgPool: pooling((x, size, strides, pad) => tf.avgPool(x, size, strides, pad)),
  batchNorm: (choose) => {
    const x = choose.float(2, 4);
    if (x === undefined) return undefined;
    const width = [choose.at(x).shape.at(-1)!];
    const rows = [1, 2, 3, 4].map(() => choose.ofShape('float32', width));
    return {
      operands: [x, ...rows],
      apply: (x, mean, variance, offset, scale) =>
        tf.batchNorm(
          x!,
          mean as tf.Tensor1D,
          tf.abs(variance!) as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          0.1,
        ),
    };
  },
  resizeBilinear: (choose) => {
    const x = image(choose)!;
    const size: [number, number] = [choose.integer(1, 6), choose.integer(1, 6)];
    const corners = choose.flag();
    return {
      operands: [x],
      apply: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size, corners),
      attributes: [size, corners],
    };
  },
};

const OWN: Record<string, Operation> = {
  linear: (choose) => {
    const x = choose.float(1, 4);
    if (x === undefined) return undefined;
    const [inner, outer] = [choose.at(x).shape.at(-1)!, choose.integer(1, 4)];
    const operands = [x, choose.ofShape('float32', [outer, inner])];
    if (choose.flag()) operands.push(choose.ofShape('float32', [outer]));
    return { operands, apply: (x, weight, bias) => linear(x!, weight!, bias) };
  },
  layerNorm: (choose) => {
    const x = choose.float(1, 4);
    if (x === undefined) return undefined;
    const width = [choose.at(x).shape.at(-1)!];
    const operands = [x, choose.ofShape('float32', width), choose.ofShape('float32', width)];
    return { operands, apply: (x, scale, shift) => layerNorm(x!, scale!, shift!, 0.1), attributes: [0.1] };
  },
  rmsNorm: (choose) => {
    const x = choose.float(1, 4);
    if (x === undefined) return undefined;
    const operands = [x, choose.ofShape('float32', [choose.at(x).shape.at(-1)!])];
    return { operands, apply: (x, scale) => rmsNorm(x!, scale!, 0.1), attributes: [0.1] };
  },
  attention: (choose) => {
    const query = choose.float(4, 4);
    if (query === undefined) return undefined;
    const { shape } = choose.at(query);
    const causal = choose.flag();
    const keys = causal ? shape[2]! : choose.integer(1, 4);
    const key = choose.ofShape('float32', [shape[0]!, shape[1]!, keys, shape[3]!]);
    const value = choose.ofShape('float32', [shape[0]!, shape[1]!, keys, choose.integer(1, 3)]);
    return {
      operands: [query, key, value],
      apply: (query, key, value) => attention(query!, key!, value!, { causal }),
      attributes: [causal],
    };
  },
  softmaxCrossEntropy: (choose) => {
    const logits = choose.tensor(
      ({ dtype, shape }) => dtype === 'float32' && shape.length === 2 && shape[1]! > 1,
    );
    if (logits === undefined) return undefined;
    const [rows, classes] = choose.at(logits).shape as [number, number];
    const targets = Array.from({ length: rows }, () => choose.integer(0, classes - 1));
    return {
      operands: [logits],
      apply: (logits) => softmaxCrossEntropy(logits!, tf.tensor1d(targets, 'int32')),
      attributes: [targets],
    };
  },
  remat: (choose) => {
    const x = choose.float();
    if (x === undefined) return undefined;
    const y = choose.broadcastWith('float32', choose.at(x).shape);
    return {
      operands: [x, y],
      apply: (x, y) => remat((x) => tf.sin(tf.mul(tf.tanh(x), tf.add(y!, x))), x!),
    };
  },
};

/** Ops of random programs by name, some of them the sum of several kernels. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...unary(
    {
      abs: tf.abs,
      neg: tf.neg,
      relu: tf.relu,
      relu6: tf.relu6,
      sign: tf.sign,
      square: tf.square,
      step: (x) => tf.step(x, 0.5),
    },
    ['float32', 'int32'],
  ),
  ...unary(
    {
      acos: (x) => tf.acos(tf.mul(0.9, tf.sin(x))),
      asinh: tf.asinh,
      atan: tf.atan,
      atanh: (x) => tf.atanh(tf.mul(0.9, tf.sin(x))),
      ceil: tf.ceil,
      cos: tf.cos,
      elu: tf.elu,
      erf: tf.erf,
      exp: tf.exp,
      expm1: tf.expm1,
      floor: tf.floor,
      isFinite: tf.isFinite,
      leakyRelu: (x) => tf.leakyRelu(x, 0.1),
      log: (x) => tf.log(tf.add(0.5, tf.abs(x))),
      log1p: (x) => tf.log1p(tf.abs(x)),
      logSoftmax: (x) => (x.rank === 0 ? x : tf.logSoftmax(x)),
      reciprocal: (x) => tf.reciprocal(tf.add(1, tf.square(x))),
      round: tf.round,
      rsqrt: (x) => tf.rsqrt(tf.add(0.5, tf.abs(x))),
      selu: tf.selu,
      sigmoid: tf.sigmoid,
      sin: tf.sin,
      softmax: (x) => (x.rank === 0 ? x : tf.softmax(x)),
      softplus: tf.softplus,
      sqrt: (x) => tf.sqrt(tf.add(0.1, tf.abs(x))),
      tan: (x) => tf.tan(tf.sin(x)),
      tanh: tf.tanh,
      gelu: (x) => gelu(x),
      silu: (x) => silu(x),
      logSumExp: (x) => tf.logSumExp(x),
      norm: (x) => tf.sqrt(tf.add(0.1, tf.square(tf.norm(x)))),
    },
    ['float32'],
  ),
  ...unary({ logicalNot: tf.logicalNot }, ['bool']),
  ...binary(
    {
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      maximum: tf.maximum,
      minimum: tf.minimum,
      squaredDifference: tf.squaredDifference,
      greater: tf.greater,
      lessEqual: tf.lessEqual,
      equal: tf.equal,
      notEqual: tf.notEqual,
    },
    ['float32', 'int32'],
  ),
  ...binary(
    {
      div: (a, b) => tf.div(a, tf.add(0.5, tf.abs(b))),
      divNoNan: (a, b) => tf.divNoNan(a, tf.relu(b)),
      floorDiv: (a, b) => tf.floorDiv(a, tf.add(0.5, tf.abs(b))),
      mod: (a, b) => tf.mod(a, tf.add(0.5, tf.abs(b))),
      pow: (a, b) => tf.pow(tf.add(0.5, tf.abs(a)), b),
      atan2: (a, b) => tf.atan2(a, tf.add(0.5, tf.abs(b))),
      prelu: tf.prelu,
      mixed: (a, b) => tf.add(tf.mul(a, 1.5), tf.cast(b, 'int32')),
    },
    ['float32'],
  ),
  ...binary(
    {
      integerDivision: (a, b) => tf.floorDiv(a, tf.add(tf.scalar(1, 'int32'), tf.abs(b))),
      remainder: (a, b) => tf.mod(a, tf.add(tf.scalar(1, 'int32'), tf.abs(b))),
      quotient: (a, b) => tf.div(a, tf.add(tf.scalar(1, 'int32'), tf.abs(b))),
      bitwiseAnd: (a, b) => (a.shape.join() === b.shape.join() ? tf.bitwiseAnd(a, b) : tf.add(a, b)),
    },
    ['int32'],
  ),
  ...binary({ logicalAnd: tf.logicalAnd, logicalOr: tf.logicalOr, logicalXor: tf.logicalXor }, ['bool']),
  ...reduction(
    {
      sum: tf.sum,
      mean: tf.mean,
      max: tf.max,
      min: tf.min,
      prod: tf.prod,
    },
    ['float32', 'int32'],
  ),
  ...reduction({ variance: (x, axes, keep) => tf.moments(x, axes, keep).variance }, ['float32']),
  ...reduction({ all: tf.all, any: tf.any }, ['bool']),
  ...MOVES,
  ...PRODUCTS,
  ...OWN,
};

function fits(shape: readonly number[], target: readonly number[]): boolean {
  if (shape.length > target.length) return false;
  return shape.every((size, index) => {
    const other = target[target.length - shape.length + index]!;
    return size === other || size === 1;
  });
}
