import { readdirSync, readFileSync } from 'node:fs';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  compile,
  ensureGradients,
  RandomStream,
  type TensorData,
  tensorData,
  toTensorData,
  toTensors,
} from '../index.ts';
import { nodeRuntime } from '../node.ts';
import { ONNX_NODE } from './onnx-node.ts';
import { TRACE_KERNELS } from './register-trace-kernels.ts';

const runtime = await nodeRuntime({ threads: 2 });
const random = new RandomStream(7);

type Program = (inputs: Record<string, tf.Tensor>) => tf.Tensor | tf.Tensor[];
type Inputs = Record<string, TensorData>;

interface Case {
  readonly program: Program;
  readonly inputs: Inputs;
  /** Whether the gradients with respect to the float inputs are compared too. */
  readonly differentiable?: boolean;
}

function floats(shape: number[], low = -2, high = 2): TensorData {
  const size = tf.util.sizeFromShape(shape);
  return tensorData(
    Float32Array.from({ length: size }, () => low + (high - low) * random.uniform()),
    shape,
  );
}

function integers(shape: number[], below = 5): TensorData {
  return tensorData(
    Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.integer(below)),
    shape,
  );
}

function bools(shape: number[]): TensorData {
  return tensorData(
    Uint8Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.integer(2)),
    shape,
  );
}

const unary =
  (apply: (x: tf.Tensor) => tf.Tensor, low = -2, high = 2) =>
  (differentiable = true): Case => ({
    program: ({ x }) => apply(x!),
    inputs: { x: floats([3, 5], low, high) },
    differentiable,
  });

const binary =
  (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
  (a: TensorData = floats([2, 3, 4]), b: TensorData = floats([3, 1], 0.5, 2)): Case => ({
    program: ({ a, b }) => apply(a!, b!),
    inputs: { a, b },
    differentiable: a.dtype === 'float32',
  });

const comparison = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) => (): Case => ({
  program: ({ a, b }) => [apply(a!, b!), apply(tf.cast(a!, 'float32'), tf.scalar(2))],
  inputs: { a: integers([2, 3]), b: integers([3]) },
});

const special = (apply: (x: tf.Tensor) => tf.Tensor): Case => ({
  program: ({ x }) => apply(x!),
  inputs: { x: tensorData(Float32Array.of(0, 1, Infinity, -Infinity, Number.NaN, 1e30), [6]) },
});

const logical = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case => ({
  program: ({ a, b }) => apply(a!, b!),
  inputs: { a: bools([2, 3]), b: bools([3]) },
});

const reduction = (
  apply: (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor,
): Case => ({
  program: ({ x }) => [apply(x!), apply(x!, 1), apply(x!, [0, -1], true)],
  inputs: { x: floats([3, 4, 2], 0.5, 2) },
  differentiable: true,
});

/** At least one case for every kernel that can be traced, by tfjs kernel name. */
const CASES: Record<string, Case> = {
  Atan2: {
    program: ({ a, b }) => tf.atan2(a!, b!),
    inputs: {
      a: tensorData(Float32Array.of(1, -1, 0, 0, 2, -2, 0, 1.5), [8]),
      b: tensorData(Float32Array.of(-2, -2, -1, 1, 0, 0, 0, 3), [8]),
    },
  },
  BatchToSpaceND: {
    program: ({ x }) =>
      tf.batchToSpaceND(
        x!,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    inputs: { x: floats([4, 2, 3, 2]) },
    differentiable: true,
  },
  BitwiseAnd: {
    program: ({ a, b }) => tf.bitwiseAnd(a!, b!),
    inputs: { a: integers([6], 100), b: integers([6], 100) },
  },
  Cumprod: {
    program: ({ x }) => [
      tf.cumprod(x!, 1),
      tf.cumprod(x!, 0, true),
      tf.cumprod(x!, 2, false, true),
      tf.cumprod(x!, 1, true, true),
    ],
    inputs: { x: floats([3, 4, 5]) },
    differentiable: true,
  },
  DepthToSpace: {
    program: ({ x }) => [tf.depthToSpace(x as tf.Tensor4D, 2)],
    inputs: { x: floats([2, 3, 2, 8]) },
    differentiable: true,
  },
  Diag: { program: ({ x }) => tf.diag(x!), inputs: { x: floats([2, 3]) }, differentiable: true },
  Einsum: {
    program: ({ a, b, c }) => [
      tf.einsum('bij,bkj->bik', a!, b!),
      tf.einsum('bij->ji', a!),
      tf.einsum(
        'i,j->ij',
        tf.reshape(tf.slice(c!, [0, 0], [4, 1]), [-1]),
        tf.reshape(tf.slice(c!, [0, 1], [4, 1]), [-1]),
      ),
    ],
    inputs: { a: floats([2, 3, 4]), b: floats([2, 5, 4]), c: floats([4, 2]) },
    differentiable: true,
  },
  Expm1: unary((x) => tf.expm1(tf.mul(x, tf.pow(tf.abs(x), 3))))(),
  FlipLeftRight: {
    program: ({ x }) => tf.image.flipLeftRight(x as tf.Tensor4D),
    inputs: { x: floats([1, 2, 3, 2]) },
    differentiable: true,
  },
  FusedBatchNorm: {
    program: ({ x, mean, variance, offset, scale }) => [
      tf.batchNorm(
        x!,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
    ],
    inputs: {
      x: floats([2, 3, 3, 4]),
      mean: floats([4]),
      variance: floats([4], 0.5, 2),
      offset: floats([4]),
      scale: floats([4]),
    },
    differentiable: true,
  },
  'FusedBatchNorm without scale and offset': {
    program: ({ x, mean, variance }) => tf.batchNorm(x!, mean as tf.Tensor1D, variance as tf.Tensor1D),
    inputs: { x: floats([2, 3, 3, 4]), mean: floats([4]), variance: floats([4], 0.5, 2) },
  },
  GatherNd: {
    program: ({ x, ids }) => [
      tf.gatherND(x!, ids!),
      tf.gatherND(tf.reshape(x!, [3, 8]), tf.slice(ids!, [0, 0], [4, 1])),
    ],
    inputs: { x: floats([3, 4, 2]), ids: tensorData(Int32Array.of(0, 1, 2, 3, 0, 1, 1, 1), [4, 2]) },
    differentiable: true,
  },
  IsFinite: special(tf.isFinite),
  IsInf: special(tf.isInf),
  IsNan: special(tf.isNaN),
  LinSpace: { program: ({ x }) => tf.add(x!, tf.linspace(-1, 2, 5)), inputs: { x: floats([5]) } },
  Log1p: unary((x) => tf.log1p(tf.mul(x, tf.pow(tf.abs(x), 6))), -0.9, 2)(),
  LowerBound: {
    program: ({ a, b }) => tf.lowerBound(tf.cumsum(a!, 1), b!),
    inputs: { a: integers([2, 6], 3), b: integers([2, 4], 9) },
  },
  MirrorPad: {
    program: ({ x }) => [
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [3, 0],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        x!,
        [
          [1, 3],
          [4, 2],
        ],
        'symmetric',
      ),
    ],
    inputs: { x: floats([3, 4]) },
    differentiable: true,
  },
  Mod: {
    program: ({ a, b, c }) => [
      tf.mod(a!, b!),
      tf.mod(tf.sub(c!, tf.scalar(5, 'int32')), tf.scalar(3, 'int32')),
    ],
    inputs: {
      a: floats([12], -9, 9),
      b: tensorData(Float32Array.of(2, -2, 2, -2, 3, -3, 3, -3, 1.5, -1.5, 1, -1), [12]),
      c: integers([10], 10),
    },
  },
  Prelu: {
    program: ({ x, alpha }) => tf.prelu(x!, alpha!),
    inputs: { x: floats([2, 3, 4]), alpha: floats([4]) },
    differentiable: true,
  },
  ScatterNd: {
    program: ({ ids, x }) => [
      tf.scatterND(ids!, x!, [5, 3]),
      tf.scatterND(tf.concat([ids!, ids!], 1), tf.reshape(tf.slice(x!, [0, 0], [6, 1]), [-1]), [5, 5]),
    ],
    inputs: { ids: tensorData(Int32Array.of(0, 2, 4, 2, 2, 1), [6, 1]), x: floats([6, 3]) },
    differentiable: true,
  },
  SearchSorted: {
    program: ({ a, b }) => [
      tf.searchSorted(tf.cumsum(a!, 1), b!, 'left'),
      tf.searchSorted(tf.cumsum(a!, 1), b!, 'right'),
    ],
    inputs: { a: integers([2, 6], 3), b: integers([2, 4], 9) },
  },
  Selu: unary(tf.selu)(),
  SpaceToBatchND: {
    program: ({ x }) =>
      tf.spaceToBatchND(
        x!,
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    inputs: { x: floats([2, 3, 5, 2]) },
    differentiable: true,
  },
  SparseToDense: {
    program: ({ ids, x }) => [
      tf.sparseToDense(ids!, x as tf.Tensor1D, [3, 4], 0.5),
      tf.sparseToDense(tf.reshape(tf.slice(ids!, [0, 1], [3, 1]), [3]), tf.scalar(2), [5], tf.scalar(0)),
    ],
    inputs: { ids: tensorData(Int32Array.of(0, 1, 1, 2, 2, 3), [3, 2]), x: floats([3]) },
  },
  StridedSlice: {
    program: ({ x }) => [
      tf.stridedSlice(x!, [0, 1], [3, 5], [2, 2]),
      tf.stridedSlice(x!, [-1, 4], [-4, 0], [-1, -3]),
      tf.stridedSlice(x!, [2, 0], [0, 3], [-1, 1], 1, 2),
      tf.stridedSlice(x!, [1, 0], [2, 5], [1, 1], 0, 0, 0, 0, 1),
    ],
    inputs: { x: floats([3, 5]) },
    differentiable: true,
  },
  TensorScatterUpdate: {
    program: ({ x, ids, y }) => tf.tensorScatterUpdate(x!, ids!, y!),
    inputs: { x: floats([5, 3]), ids: tensorData(Int32Array.of(0, 3, 4), [3, 1]), y: floats([3, 3]) },
    differentiable: true,
  },
  TopK: {
    program: ({ x }) => Object.values(tf.topk(x!, 3)),
    inputs: { x: floats([2, 3, 7]) },
    differentiable: true,
  },
  UpperBound: {
    program: ({ a, b }) => tf.upperBound(tf.cumsum(a!, 1), b!),
    inputs: { a: integers([2, 6], 3), b: integers([2, 4], 9) },
  },
  EluGrad: {
    program: ({ x, y }) => tf.engine().runKernel('EluGrad', { dy: x!, y: y! }) as tf.Tensor,
    inputs: { x: floats([6]), y: floats([6]) },
  },
  _FusedMatMul: {
    program: ({ a, b, bias, slope }) => [
      tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation: 'relu' }),
      tf.fused.matMul({
        a: a!,
        b: b!,
        transposeA: true,
        activation: 'prelu',
        preluActivationWeights: slope!,
      }),
    ],
    inputs: { a: floats([4, 4]), b: floats([4, 5]), bias: floats([5]), slope: floats([5]) },
  },
  Abs: unary(tf.abs)(),
  Acos: unary(tf.acos, -0.9, 0.9)(),
  Acosh: unary(tf.acosh, 1.1, 3)(),
  Add: binary(tf.add)(),
  AddN: {
    program: ({ a, b, c }) => tf.addN([a!, b!, c!]),
    inputs: { a: floats([2, 3]), b: floats([2, 3]), c: floats([2, 3]) },
    differentiable: true,
  },
  All: { program: ({ x }) => [tf.all(x!), tf.all(x!, 1, true)], inputs: { x: bools([3, 2]) } },
  Any: { program: ({ x }) => [tf.any(x!), tf.any(x!, 0)], inputs: { x: bools([3, 2]) } },
  ArgMax: { program: ({ x }) => [tf.argMax(x!, -1), tf.argMax(x!, 0)], inputs: { x: floats([3, 5]) } },
  ArgMin: { program: ({ x }) => tf.argMin(x!, 1), inputs: { x: floats([3, 5]) } },
  Asin: unary(tf.asin, -0.9, 0.9)(),
  Asinh: unary(tf.asinh)(),
  Atan: unary(tf.atan)(),
  Atanh: unary(tf.atanh, -0.9, 0.9)(),
  BatchMatMul: {
    program: ({ a, b }) => [
      tf.matMul(a!, a!, false, true),
      tf.mul(tf.matMul(tf.transpose(a!, [0, 2, 1]), tf.transpose(a!, [0, 2, 1]), true, false), 0.5),
      tf.add(tf.matMul(tf.reshape(a!, [6, 4]), b!), tf.slice(b!, [0, 0], [1, 5])),
      tf.matMul(a!, tf.expandDims(b!, 0)),
      tf.matMul(tf.expandDims(b!, 0), a!, true, true),
    ],
    inputs: { a: floats([2, 3, 4]), b: floats([4, 5]) },
    differentiable: true,
  },
  Cast: {
    program: ({ x, flags }) => [tf.cast(x!, 'int32'), tf.cast(flags!, 'float32'), tf.cast(x!, 'bool')],
    inputs: { x: floats([6]), flags: bools([6]) },
  },
  Ceil: unary(tf.ceil)(false),
  ClipByValue: unary((x) => tf.clipByValue(x, -0.7, 0.9))(),
  Concat: {
    program: ({ a, b }) => tf.concat([a!, b!, a!], 1),
    inputs: { a: floats([2, 3]), b: floats([2, 1]) },
    differentiable: true,
  },
  Cos: unary(tf.cos)(),
  Cosh: unary(tf.cosh)(),
  Cumsum: {
    program: ({ x }) => [tf.cumsum(x!, 1), tf.cumsum(x!, 0, true, true)],
    inputs: { x: floats([3, 4, 2]) },
    differentiable: true,
  },
  Elu: unary(tf.elu)(),
  Equal: comparison(tf.equal)(),
  Erf: unary(tf.erf)(),
  Exp: unary(tf.exp)(),
  ExpandDims: unary((x) => tf.expandDims(x, -1))(),
  Fill: {
    program: ({ x }) => tf.add(x!, tf.fill([2, 3], 7)),
    inputs: { x: floats([2, 3]) },
    differentiable: true,
  },
  Floor: unary(tf.floor)(false),
  FloorDiv: {
    program: ({ a, b }) => [
      tf.floorDiv(tf.sub(a!, tf.scalar(9, 'int32')), b!),
      tf.floorDiv(tf.cast(a!, 'float32'), 2.5),
    ],
    inputs: { a: integers([12], 18), b: tensorData(Int32Array.of(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4), [12]) },
  },
  GatherV2: {
    program: ({ x, ids }) => [tf.gather(x!, ids!), tf.gather(x!, ids!, 1)],
    inputs: { x: floats([5, 6, 2]), ids: integers([2, 3]) },
    differentiable: true,
  },
  Greater: comparison(tf.greater)(),
  GreaterEqual: comparison(tf.greaterEqual)(),
  Identity: unary(tf.clone)(),
  LeakyRelu: unary((x) => tf.leakyRelu(x, 0.1))(),
  Less: comparison(tf.less)(),
  LessEqual: comparison(tf.lessEqual)(),
  Log: unary(tf.log, 0.5, 2)(),
  LogSoftmax: unary((x) => tf.logSoftmax(x))(),
  LogicalAnd: logical(tf.logicalAnd),
  LogicalNot: { program: ({ x }) => tf.logicalNot(x!), inputs: { x: bools([4]) } },
  LogicalOr: logical(tf.logicalOr),
  Max: reduction(tf.max),
  Maximum: binary(tf.maximum)(),
  Mean: reduction(tf.mean),
  Min: reduction(tf.min),
  Minimum: binary(tf.minimum)(),
  Multiply: binary(tf.mul)(),
  Neg: unary(tf.neg)(),
  NotEqual: comparison(tf.notEqual)(),
  OneHot: { program: ({ ids }) => tf.oneHot(ids!, 6, 2, -1), inputs: { ids: integers([2, 3]) } },
  OnesLike: {
    program: ({ x }) => tf.add(x!, tf.onesLike(x!)),
    inputs: { x: floats([2, 2]) },
    differentiable: true,
  },
  Pack: {
    program: ({ a, b }) => [tf.stack([a!, b!]), tf.stack([a!, b!], 2)],
    inputs: { a: floats([2, 3]), b: floats([2, 3]) },
    differentiable: true,
  },
  PadV2: unary((x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [2, 1],
      ],
      0.5,
    ),
  )(),
  Pow: binary(tf.pow)(floats([2, 3, 4], 0.5, 2), floats([4], 0.5, 2)),
  Prod: { program: ({ x }) => [tf.prod(x!), tf.prod(x!, 0)], inputs: { x: floats([3, 2]) } },
  Range: {
    program: ({ x }) => tf.add(x!, tf.range(0, 5)),
    inputs: { x: floats([3, 5]) },
    differentiable: true,
  },
  RealDiv: binary(tf.div)(),
  Reciprocal: unary(tf.reciprocal, 0.5, 2)(),
  Relu: unary(tf.relu)(),
  Relu6: unary(tf.relu6, -3, 9)(),
  Reshape: unary((x) => tf.reshape(x, [5, -1]))(),
  Reverse: {
    program: ({ x }) => [tf.reverse(x!), tf.reverse(x!, 1)],
    inputs: { x: floats([2, 3]) },
    differentiable: true,
  },
  Round: unary(tf.round)(false),
  Rsqrt: unary(tf.rsqrt, 0.5, 2)(),
  Select: {
    program: ({ condition, rows, a, b }) => [
      tf.where(condition!, a!, b!),
      tf.where(tf.reshape(rows!, [2, 1]), a!, b!),
    ],
    inputs: { condition: bools([2, 3]), rows: bools([2]), a: floats([2, 3]), b: floats([2, 3]) },
    differentiable: true,
  },
  Sigmoid: unary(tf.sigmoid)(),
  Sign: unary(tf.sign)(false),
  Sin: unary(tf.sin)(),
  Sinh: unary(tf.sinh)(),
  Slice: {
    program: ({ x }) => [tf.slice(x!, [1, 2], [2, -1]), tf.slice(x!, 1, 1)],
    inputs: { x: floats([3, 5]) },
    differentiable: true,
  },
  Softmax: unary((x) => tf.softmax(x))(),
  Softplus: unary(tf.softplus)(),
  SplitV: {
    program: ({ x }) => [...tf.split(x!, 3, 1), ...tf.split(x!, [1, 2], 0)],
    inputs: { x: floats([3, 6]) },
    differentiable: true,
  },
  Sqrt: unary(tf.sqrt, 0.5, 2)(),
  Square: unary(tf.square)(),
  SquaredDifference: binary(tf.squaredDifference)(),
  Step: unary((x) => tf.step(x, 0.3))(false),
  Sub: binary(tf.sub)(),
  Sum: reduction(tf.sum),
  Tan: unary(tf.tan, -1, 1)(),
  Tanh: unary(tf.tanh)(),
  Tile: unary((x) => tf.tile(x, [2, 3]))(),
  Transpose: {
    program: ({ x }) => [tf.transpose(x!, [2, 0, 1]), tf.transpose(tf.transpose(x!, [1, 0, 2]), [1, 0, 2])],
    inputs: { x: floats([2, 3, 4]) },
    differentiable: true,
  },
  Unpack: {
    program: ({ x }) => [...tf.unstack(x!, 1), ...tf.unstack(x!)],
    inputs: { x: floats([3, 4]) },
    differentiable: true,
  },
  UnsortedSegmentSum: {
    // Thousands of rows for each segment: rows that share a segment must not be lost when threads add them.
    program: ({ x, ids }) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 5),
    inputs: { x: integersAsFloats([4096, 8]), ids: integers([4096]) },
    differentiable: true,
  },
  ZerosLike: {
    program: ({ x }) => tf.sub(x!, tf.zerosLike(x!)),
    inputs: { x: floats([2, 2]) },
    differentiable: true,
  },
};

function integersAsFloats(shape: number[]): TensorData {
  return tensorData(Float32Array.from(integers(shape).data), shape);
}

/** The program's outputs and, where asked for, the gradients of a fixed weighting of them. */
function extended({
  program,
  inputs,
  differentiable,
}: Case): (tensors: Record<string, tf.Tensor>) => Record<string, tf.Tensor> {
  const sources = Object.keys(inputs).filter((name) => differentiable && inputs[name]!.dtype === 'float32');
  return (tensors) => {
    ensureGradients();
    const results = [program(tensors)].flat();
    const named = Object.fromEntries(results.map((result, index) => [`result${index}`, result]));
    if (sources.length === 0) return named;
    const weighted = (): tf.Scalar => {
      const losses = [program(tensors)].flat().map((result) => {
        const weights = tf.add(1, tf.mul(0.1, tf.reshape(tf.range(0, result.size), result.shape)));
        return tf.sum(tf.mul(result, weights));
      });
      return tf.addN(losses) as tf.Scalar;
    };
    const { grads } = tf.engine().gradients(
      weighted,
      sources.map((name) => tensors[name]!),
    );
    for (const [index, name] of sources.entries()) named[`gradient of ${name}`] = grads[index]!;
    return named;
  };
}

test.each(Object.entries(CASES))('%s compiled equals the eager cpu backend', async (_name, testCase) => {
  const { inputs } = testCase;
  const program = extended(testCase);
  const compiled = compile(program, { runtime });
  const actual = await compiled(inputs);
  const eager = tf.tidy(() => program(toTensors(inputs)));
  expect(Object.keys(actual)).toEqual(Object.keys(eager));
  for (const [name, tensor] of Object.entries(eager)) {
    const expected = await toTensorData(tensor);
    expect(actual[name]!.shape, name).toEqual(expected.shape);
    expect(actual[name]!.dtype, name).toBe(expected.dtype);
    actual[name]!.data.forEach((value, index) => {
      const reference = expected.data[index]!;
      expect(
        Math.abs(value - reference),
        `${name}[${index}]: ${value}, expected ${reference}`,
      ).toBeLessThanOrEqual(1e-5 + 1e-4 * Math.abs(reference));
    });
  }
  tf.dispose(eager);
  await compiled.release();
});

test.each([
  [1, 1],
  [1, 2],
  [2, 2],
])('gather with %i batch dimensions along axis %i equals the eager cpu backend', async (batchDims, axis) => {
  const x = floats([2, 3, 4, 2]);
  const ids = integers(batchDims === 1 ? [2, 5] : [2, 3, 2], 3);
  const program: Program = ({ x, ids }) => tf.gather(x!, ids!, axis, batchDims);
  const compiled = compile((tensors) => ({ y: program(tensors) as tf.Tensor }), { runtime });
  const { y } = await compiled({ x, ids });
  const eager = program(toTensors({ x, ids })) as tf.Tensor;
  expect(y!.shape).toEqual(eager.shape);
  expect(y!.data).toEqual(eager.dataSync());
  await compiled.release();
});

test('depthToSpace with channels first equals that with channels last', async () => {
  const x = floats([2, 8, 3, 2]);
  const compiled = compile(
    ({ x }) => {
      const last = tf.transpose(x!, [0, 2, 3, 1]) as tf.Tensor4D;
      return {
        first: tf.depthToSpace(x as tf.Tensor4D, 2, 'NCHW'),
        last: tf.transpose(tf.depthToSpace(last, 2), [0, 3, 1, 2]),
      };
    },
    { runtime },
  );
  const { first, last } = await compiled({ x });
  expect(first).toEqual(last);
  await compiled.release();
});

test('einsum keeps an index of both operands, where the eager cpu backend forgets one of them', async () => {
  const compiled = compile(
    ({ a, b }) => {
      const { value, grads } = tf.valueAndGrads((a, b) => tf.sum(tf.einsum('ij,j->j', a!, b!)))([a!, b!]);
      return { sum: value, column: tf.einsum('ij,j->j', a!, b!), a: grads[0]!, b: grads[1]! };
    },
    { runtime },
  );
  ensureGradients();
  const { column, a, b } = await compiled({
    a: tensorData(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    b: tensorData(Float32Array.of(1, 10, 100), [3]),
  });
  expect(column!.data).toEqual(Float32Array.of(5, 70, 900));
  expect(a!.data).toEqual(Float32Array.of(1, 10, 100, 1, 10, 100));
  expect(b!.data).toEqual(Float32Array.of(5, 7, 9));
  await compiled.release();
});

test('every kernel that can be traced has a case', () => {
  const folder = new URL('./kernels/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  const families = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('');
  const missing = Object.keys(TRACE_KERNELS).filter(
    (name) => !(name in CASES) && !families.includes(`'${name}'`) && name !== ONNX_NODE,
  );
  expect(missing).toEqual([]);
});
