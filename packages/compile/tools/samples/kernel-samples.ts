import * as tf from '@tensorflow/tfjs-core';
import type { DType } from '../../src/tensor-data.ts';
import { type KernelSample, samplesOf } from './sample.ts';

const FLOATS: readonly DType[] = ['float32'];
const INTEGERS: readonly DType[] = ['int32'];
const FLAGS: readonly DType[] = ['bool'];
const NUMBERS: readonly DType[] = ['float32', 'int32'];
const ALL: readonly DType[] = ['float32', 'int32', 'bool'];

const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object = {}): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;

/** Kernels of one operand, by the op that runs them. */
const unary = (
  types: readonly DType[],
  ops: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>>,
): KernelSample[] =>
  samplesOf(types, Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, ({ x }) => op(x)])));

/** Kernels of two operands, one of them a row for all. */
const binary = (
  types: readonly DType[],
  ops: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>>,
): KernelSample[] =>
  samplesOf(
    types,
    Object.fromEntries(Object.entries(ops).map(([name, op]) => [name, ({ x, row }) => op(x, row)])),
  );

const POOLING = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
const POOLING_3D = { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' };
const CONVOLUTION = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1] };
const CONVOLUTION_3D = { strides: [1, 1, 1], pad: 'valid', dataFormat: 'NDHWC', dilations: [1, 1, 1] };
const DILATION = { strides: [1, 1], pad: 'valid', dilations: [1, 1] };

/** One sample, or more, for every kernel of tfjs that can be traced. */
export const KERNEL_SAMPLES: readonly KernelSample[] = [
  ...unary(NUMBERS, {
    Abs: tf.abs,
    ClipByValue: (x) => tf.clipByValue(x, 0, 1),
    Neg: tf.neg,
    Relu: tf.relu,
    Relu6: tf.relu6,
    Sign: tf.sign,
    Square: tf.square,
    Step: (x) => tf.step(x, 0.5),
    ArgMax: (x) => tf.argMax(x, 1),
    ArgMin: (x) => tf.argMin(x, 1),
    Max: (x) => tf.max(x, 1),
    Mean: (x) => tf.mean(x, 1),
    Min: (x) => tf.min(x, 1),
    Prod: (x) => tf.prod(x, 1),
    Sum: (x) => tf.sum(x, 1),
    Cumprod: (x) => tf.cumprod(x, 1),
    Cumsum: (x) => tf.cumsum(x, 1),
    Diag: (x) => tf.diag(x),
    Identity: tf.clone,
    MirrorPad: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 1],
        ],
        'reflect',
      ),
    OnesLike: tf.onesLike,
    ZerosLike: tf.zerosLike,
  }),
  ...unary(FLOATS, {
    Acos: tf.acos,
    Acosh: (x) => tf.acosh(tf.add(x, 1)),
    Asin: tf.asin,
    Asinh: tf.asinh,
    Atan: tf.atan,
    Atanh: tf.atanh,
    Ceil: tf.ceil,
    Cos: tf.cos,
    Cosh: tf.cosh,
    Elu: tf.elu,
    Erf: tf.erf,
    Exp: tf.exp,
    Expm1: tf.expm1,
    Floor: tf.floor,
    IsFinite: tf.isFinite,
    IsInf: tf.isInf,
    IsNan: tf.isNaN,
    LeakyRelu: (x) => tf.leakyRelu(x, 0.1),
    Log: tf.log,
    Log1p: tf.log1p,
    LogSoftmax: (logits) => run('LogSoftmax', { logits }, { axis: -1 }),
    Multinomial: (x) => tf.multinomial(x as tf.Tensor2D, 3),
    Reciprocal: tf.reciprocal,
    Round: tf.round,
    Rsqrt: tf.rsqrt,
    Selu: tf.selu,
    Sigmoid: tf.sigmoid,
    Sin: tf.sin,
    Sinh: tf.sinh,
    Softmax: (x) => tf.softmax(x),
    Softplus: tf.softplus,
    Sqrt: tf.sqrt,
    Tan: tf.tan,
    Tanh: tf.tanh,
  }),
  ...unary(ALL, {
    BroadcastTo: (x) => run('BroadcastTo', { x }, { shape: [3, 2, 4], inputShape: [1, 2, 4] }),
    ExpandDims: (x) => tf.expandDims(x, 1),
    PadV2: (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    Reshape: (x) => tf.reshape(x, [4, 2]),
    Reverse: (x) => tf.reverse(x, 1),
    Slice: (x) => tf.slice(x, [0, 1], [2, 2]),
    StridedSlice: (x) => tf.stridedSlice(x, [0, 3], [2, 0], [1, -2]),
    Tile: (x) => tf.tile(x, [2, 1]),
    Transpose: (x) => tf.transpose(x),
  }),
  ...binary(NUMBERS, {
    Add: tf.add,
    FloorDiv: tf.floorDiv,
    Maximum: tf.maximum,
    Minimum: tf.minimum,
    Mod: tf.mod,
    Multiply: tf.mul,
    Pow: tf.pow,
    RealDiv: tf.div,
    SquaredDifference: tf.squaredDifference,
    Sub: tf.sub,
    Equal: tf.equal,
    Greater: tf.greater,
    GreaterEqual: tf.greaterEqual,
    Less: tf.less,
    LessEqual: tf.lessEqual,
    NotEqual: tf.notEqual,
  }),
  ...binary(FLOATS, { Atan2: tf.atan2, Prelu: tf.prelu }),
  ...samplesOf(FLAGS, {
    All: ({ flags }) => tf.all(flags, 1),
    Any: ({ flags }) => tf.any(flags, 1),
    LogicalAnd: ({ flags, otherFlags }) => tf.logicalAnd(flags, otherFlags),
    LogicalNot: ({ flags }) => tf.logicalNot(flags),
    LogicalOr: ({ flags, otherFlags }) => tf.logicalOr(flags, otherFlags),
    LogicalXor: ({ flags, otherFlags }) => run('LogicalXor', { a: flags, b: otherFlags }),
  }),
  ...samplesOf(INTEGERS, {
    BitwiseAnd: ({ x, y }) => tf.bitwiseAnd(x, y),
    BroadcastArgs: () => tf.broadcastArgs(tf.tensor1d([2, 1], 'int32'), tf.tensor1d([3], 'int32')),
    LowerBound: ({ x, y }) => run('LowerBound', { sortedSequence: x, values: y }),
    UpperBound: ({ x, y }) => run('UpperBound', { sortedSequence: x, values: y }),
  }),
  ...samplesOf(NUMBERS, {
    AddN: ({ x, y }) => tf.addN([x, y, x]),
    BatchToSpaceND: ({ image }) =>
      tf.batchToSpaceND(
        tf.reshape(image, [4, 2, 2, 2]),
        [2, 2],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    Bincount: ({ ids, x }) => tf.bincount(tf.reshape(ids, [8]), tf.reshape(x, [8]), 3),
    DenseBincount: ({ ids, x }) => tf.denseBincount(ids as tf.Tensor2D, x as tf.Tensor2D, 3),
    Einsum: ({ x, square }) => tf.einsum('ij,jk->ki', tf.cast(x, 'float32'), tf.cast(square, 'float32')),
    Fill: ({ x }) => tf.add(x, tf.fill([4], 2, x.dtype as 'float32')),
    GatherNd: ({ x, places }) => tf.gatherND(x, places),
    LinSpace: ({ row }) => tf.add(row, tf.linspace(0, 1, 4)),
    MaxPool: ({ image }) => tf.maxPool(image as tf.Tensor4D, 2, 2, 'valid'),
    MaxPool3D: ({ volume }) => tf.maxPool3d(volume as tf.Tensor5D, 2, 2, 'valid'),
    OneHot: ({ ids, x }) => tf.oneHot(ids, 3, 2, -1, x.dtype as 'float32'),
    Range: ({ row }) => tf.add(row, tf.range(0, 4, 1, row.dtype as 'float32')),
    ResizeBilinear: ({ image }) => tf.image.resizeBilinear(image as tf.Tensor4D, [3, 5]),
    ResizeNearestNeighbor: ({ image }) => tf.image.resizeNearestNeighbor(image as tf.Tensor4D, [3, 5]),
    ScatterNd: ({ places, pair }) => tf.scatterND(places, pair, [2, 4]),
    SearchSorted: ({ x, y }) => tf.searchSorted(x, y),
    SpaceToBatchND: ({ image }) =>
      tf.spaceToBatchND(
        image,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    SparseSegmentMean: ({ x, first }) =>
      tf.sparse.sparseSegmentMean(tf.cast(x, 'float32'), first as tf.Tensor1D, tf.tensor1d([0, 1], 'int32')),
    SparseSegmentSum: ({ x, first }) =>
      tf.sparse.sparseSegmentSum(x, first as tf.Tensor1D, tf.tensor1d([0, 1], 'int32')),
    SparseToDense: ({ places, pair, scalar }) =>
      tf.sparseToDense(places, pair as tf.Tensor1D, [2, 4], scalar as tf.Scalar),
    TensorScatterUpdate: ({ x, places, pair }) => tf.tensorScatterUpdate(x, places, pair),
    TopK: ({ x }) => Object.values(tf.topk(x, 2)),
    UnsortedSegmentSum: ({ x, first }) => tf.unsortedSegmentSum(x, first as tf.Tensor1D, 3),
  }),
  ...samplesOf(ALL, {
    Cast: ({ x }) => (['float32', 'int32', 'bool'] as const).map((type) => tf.cast(x, type)),
    Concat: ({ x, y }) => tf.concat([x, y], 1),
    GatherV2: ({ x, first }) => tf.gather(x, first, 1),
    Pack: ({ x, y }) => tf.stack([x, y], 1),
    Select: ({ flags, x, y }) => tf.where(flags, x, y),
    SplitV: ({ x }) => tf.split(x, 2, 1),
    Unpack: ({ x }) => tf.unstack(x, 1),
  }),
  ...samplesOf(FLOATS, {
    DepthToSpace: ({ image }) => tf.depthToSpace(tf.reshape(image, [1, 2, 4, 4]), 2),
    FlipLeftRight: ({ image }) => tf.image.flipLeftRight(image as tf.Tensor4D),
    AvgPool: ({ image }) => tf.avgPool(image as tf.Tensor4D, 2, 2, 'valid'),
    AvgPool3D: ({ volume }) => tf.avgPool3d(volume as tf.Tensor5D, 2, 2, 'valid'),
    AvgPool3DGrad: ({ halfVolume, volume }) =>
      run('AvgPool3DGrad', { dy: halfVolume, input: volume }, POOLING_3D),
    AvgPoolGrad: ({ halves, image }) => run('AvgPoolGrad', { dy: halves, input: image }, POOLING),
    BatchMatMul: ({ x, y }) => tf.matMul(x, y, false, true),
    Conv2D: ({ image, filter }) => tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
    Conv2DBackpropFilter: ({ image, smaller }) =>
      run('Conv2DBackpropFilter', { x: image, dy: smaller }, { ...CONVOLUTION, filterShape: [2, 2, 2, 3] }),
    Conv2DBackpropInput: ({ smaller, filter }) =>
      run('Conv2DBackpropInput', { dy: smaller, filter }, { ...CONVOLUTION, inputShape: [1, 4, 4, 2] }),
    Conv3D: ({ volume, cube }) => tf.conv3d(volume as tf.Tensor5D, cube as tf.Tensor5D, 1, 'valid'),
    Conv3DBackpropFilterV2: ({ volume, smallerVolume }) =>
      run(
        'Conv3DBackpropFilterV2',
        { x: volume, dy: smallerVolume },
        { ...CONVOLUTION_3D, filterShape: [2, 2, 2, 2, 3] },
      ),
    Conv3DBackpropInputV2: ({ smallerVolume, cube }) =>
      run(
        'Conv3DBackpropInputV2',
        { dy: smallerVolume, filter: cube },
        { ...CONVOLUTION_3D, inputShape: [1, 4, 4, 4, 2] },
      ),
    CropAndResize: ({ image, boxes }) =>
      tf.image.cropAndResize(
        image as tf.Tensor4D,
        boxes as tf.Tensor2D,
        tf.tensor1d([0, 0], 'int32'),
        [2, 3],
        'bilinear',
        0.5,
      ),
    DepthwiseConv2dNative: ({ image, filter }) =>
      tf.depthwiseConv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
    DepthwiseConv2dNativeBackpropFilter: ({ image }) =>
      run(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: image, dy: tf.slice(image, 0, [1, 3, 3, 2]) },
        { ...CONVOLUTION, filterShape: [2, 2, 2, 1] },
      ),
    DepthwiseConv2dNativeBackpropInput: ({ image, filter }) =>
      run(
        'DepthwiseConv2dNativeBackpropInput',
        { dy: tf.slice(image, 0, [1, 3, 3, 2]), filter: tf.slice(filter, 0, [2, 2, 2, 1]) },
        { ...CONVOLUTION, inputShape: [1, 4, 4, 2] },
      ),
    Dilation2D: ({ image, filter }) => run('Dilation2D', { x: image, filter: planar(filter) }, DILATION),
    Dilation2DBackpropFilter: ({ image, filter }) =>
      run(
        'Dilation2DBackpropFilter',
        { x: image, filter: planar(filter), dy: tf.slice(image, 0, [1, 3, 3, 2]) },
        DILATION,
      ),
    Dilation2DBackpropInput: ({ image, filter }) =>
      run(
        'Dilation2DBackpropInput',
        { x: image, filter: planar(filter), dy: tf.slice(image, 0, [1, 3, 3, 2]) },
        DILATION,
      ),
    EluGrad: ({ x, y }) => run('EluGrad', { dy: x, y }),
    FusedBatchNorm: ({ x, row }) => tf.batchNorm(x, row as tf.Tensor1D, row as tf.Tensor1D),
    FusedConv2D: ({ image, filter }) =>
      tf.fused.conv2d({
        x: image as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'valid',
        activation: 'relu',
      }),
    FusedDepthwiseConv2D: ({ image, filter }) =>
      tf.fused.depthwiseConv2d({
        x: image as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'valid',
        activation: 'relu',
      }),
    LRN: ({ image }) => tf.localResponseNormalization(image as tf.Tensor4D, 1),
    LRNGrad: ({ image }) =>
      run('LRNGrad', { x: image, y: image, dy: image }, { depthRadius: 1, bias: 1, alpha: 1, beta: 0.5 }),
    MaxPool3DGrad: ({ halfVolume, volume }) =>
      run('MaxPool3DGrad', { dy: halfVolume, input: volume, output: halfVolume }, POOLING_3D),
    MaxPoolGrad: ({ halves, image }) =>
      run('MaxPoolGrad', { dy: halves, input: image, output: halves }, POOLING),
    MaxPoolWithArgmax: ({ image }) =>
      Object.values(tf.maxPoolWithArgmax(image as tf.Tensor4D, 2, 2, 'valid') as tf.NamedTensorMap),
    RotateWithOffset: ({ image }) => tf.image.rotateWithOffset(image as tf.Tensor4D, 0.3),
    Transform: ({ image, projection }) =>
      tf.image.transform(image as tf.Tensor4D, projection as tf.Tensor2D, 'bilinear', 'constant', 0, [3, 3]),
    _FusedMatMul: ({ x, square, row }) => tf.fused.matMul({ a: x, b: square, bias: row, activation: 'relu' }),
  }),
];

function planar(filter: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.slice(filter, 0, [2, 2, 2, 1]), [2, 2, 2]);
}
