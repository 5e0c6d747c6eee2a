import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type Runtime, tensorData, withRandomness } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, test } from 'vitest';
import goldens from '../../fixtures/layers.json' with { type: 'json' };
import { expectProgram, type Program, type ProgramGolden } from '../../test/expect-program.ts';
import { expectClose } from '../../test/pytorch.ts';
import { loadParameters } from '../module/load-parameters.ts';
import { withAssignments } from '../module/model-buffer.ts';
import { Module } from '../module/module.ts';
import { modelData } from '../module/parameter-data.ts';
import { replaceModule } from '../module/replace-module.ts';
import { bindParameters } from '../module/stored-tensor.ts';
import { alibiBias } from '../positions/alibi.ts';
import { LearnedPositions } from '../positions/learned-positions.ts';
import { RelativePositionBias } from '../positions/relative-position-bias.ts';
import { RotaryEmbedding } from '../positions/rotary-embedding.ts';
import type { RotaryScaling } from '../positions/rotary-frequencies.ts';
import { SinusoidalPositions } from '../positions/sinusoidal-positions.ts';
import { activationByName } from './activation-functions.ts';
import {
  ELU,
  GELU,
  GLU,
  LeakyReLU,
  Mish,
  ReLU,
  Sigmoid,
  SiLU,
  Softplus,
  SwiGLU,
  Tanh,
} from './activation-layers.ts';
import { BatchNorm1d } from './batch-norm.ts';
import { Conv1d, type Conv1dOptions } from './conv1d.ts';
import { Embedding } from './embedding.ts';
import { GroupNorm } from './group-norm.ts';
import { LayerNorm } from './layer-norm.ts';
import { Linear } from './linear.ts';
import { MLP } from './mlp.ts';
import {
  type AttendOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from './multi-head-attention.ts';
import { maxOverTime, meanOverTime } from './pooling.ts';
import { RMSNorm } from './rms-norm.ts';
import { type Layer, Sequential } from './sequential.ts';
import { splitTorchAttention } from './split-torch-attention.ts';

type Tensors = Record<string, tf.Tensor>;

/** A layer whose parameters have the names and shapes of PyTorch's. */
const torchLayer = (layer: Layer): Program => {
  const parameters = layer.namedParameters();
  return (tensors) => {
    expect(Object.keys(tensors)).toEqual(expect.arrayContaining([...parameters.keys()]));
    return bindParameters(parameters, tensors, () => layer.forward(tensors.x!));
  };
};

/** Any module, its parameters and buffers bound by their names. */
function bound<M extends Module>(module: M, run: (module: M, tensors: Tensors) => tf.Tensor): Program {
  return (tensors) => bindParameters(module.namedTensors(), tensors, () => run(module, tensors));
}

const scaledRotary =
  (scaling: RotaryScaling): Program =>
  ({ x }) =>
    new RotaryEmbedding(8, { scaling }).forward(x!, { offset: 90 });

/** Without what the pass assigns to buffers. */
const unassigned =
  (program: Program): Program =>
  (tensors) =>
    withAssignments(() => program(tensors)).result;

const conv = (kernelSize: number, options: Conv1dOptions = {}): Program =>
  torchLayer(new Conv1d(4, 8, kernelSize, options));

/** PyTorch's attention, its joined weights taken apart inside the pass. */
const torchAttention =
  (options: MultiHeadAttentionOptions, attend: (tensors: Tensors) => AttendOptions): Program =>
  (tensors) => {
    const layer = new MultiHeadAttention(6, options);
    const [joined, bias] = [tensors.in_proj_weight, tensors.in_proj_bias];
    const parts = joined
      ? tf.split(joined, 3)
      : [tensors.q_proj_weight!, tensors.k_proj_weight!, tensors.v_proj_weight!];
    const named: Tensors = { 'output.weight': tensors['out_proj.weight']! };
    for (const [index, name] of ['query', 'key', 'value'].entries()) {
      named[`${name}.weight`] = parts[index]!;
      if (bias) named[`${name}.bias`] = tf.split(bias, 3)[index]!;
    }
    if (bias) named['output.bias'] = tensors['out_proj.bias']!;
    return bindParameters(layer.namedParameters(), named, () => layer.forward(tensors.x!, attend(tensors)));
  };

const groupedAttention = new MultiHeadAttention(6, {
  headCount: 4,
  keyHeadCount: 2,
  headSize: 4,
  bias: false,
  rotary: new RotaryEmbedding(4),
});

/** As in fixtures/layers.py. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  RMSNorm: torchLayer(new RMSNorm(5, { epsilon: 1e-5 })),
  GroupNorm: torchLayer(new GroupNorm(2, 6, { epsilon: 1e-4 })),
  'GroupNorm of rows': torchLayer(new GroupNorm(3, 6)),
  BatchNorm1d: unassigned(torchLayer(new BatchNorm1d(4))),
  'BatchNorm1d over time': unassigned(torchLayer(new BatchNorm1d(4, { epsilon: 1e-3 }))),
  ReLU: torchLayer(new ReLU()),
  GELU: torchLayer(new GELU()),
  'GELU tanh': torchLayer(new GELU('tanh')),
  SiLU: torchLayer(new SiLU()),
  Tanh: torchLayer(new Tanh()),
  Sigmoid: torchLayer(new Sigmoid()),
  LeakyReLU: torchLayer(new LeakyReLU()),
  'LeakyReLU 0.3': torchLayer(new LeakyReLU(0.3)),
  ELU: torchLayer(new ELU()),
  'ELU 0.5': torchLayer(new ELU(0.5)),
  Softplus: torchLayer(new Softplus()),
  'Softplus 2': torchLayer(new Softplus(2)),
  Mish: torchLayer(new Mish()),
  GLU: torchLayer(new GLU()),
  SwiGLU: torchLayer(new SwiGLU()),
  Sequential: torchLayer(new Sequential([new Linear(3, 4), new ReLU(), new Linear(4, 2)])),
  MLP: torchLayer(new MLP([3, 4, 5, 2], { activation: 'silu' })),
  Conv1d: conv(3),
  'Conv1d of one': conv(1, { bias: false }),
  'Conv1d strided': conv(3, { stride: 2, padding: 2 }),
  'Conv1d far': conv(2, { stride: 4, padding: 1 }),
  'Conv1d same': conv(4, { padding: 'same', dilation: 3 }),
  'Conv1d valid': conv(3, { padding: 'valid', dilation: 2 }),
  'Conv1d grouped': conv(3, { groups: 2, padding: 1 }),
  'Conv1d depthwise': conv(3, { groups: 4, stride: 3, dilation: 2, padding: 3, bias: false }),
  'Conv1d causal': torchLayer(new Conv1d(4, 2, 3, { dilation: 2, padding: 'causal' })),
  meanOverTime: ({ x, mask }) => meanOverTime(x!, mask!),
  maxOverTime: ({ x, mask }) => maxOverTime(x!, mask!),
  'meanOverTime of all': ({ x }) => meanOverTime(x!),
  'maxOverTime of all': ({ x }) => maxOverTime(x!),
  attention: torchAttention({ headCount: 3 }, () => ({})),
  'attention causal': torchAttention({ headCount: 2, bias: false }, () => ({ causal: true })),
  'attention padded': torchAttention({ headCount: 2 }, ({ key_padding_mask }) => ({
    keyMask: key_padding_mask!,
  })),
  'attention biased': torchAttention({ headCount: 2 }, ({ attn_mask }) => ({ bias: attn_mask! })),
  'attention across': torchAttention({ headCount: 2, sourceSize: 3 }, ({ attn_mask, source }) => ({
    mask: attn_mask!,
    source: source!,
  })),
  'attention grouped': (tensors) =>
    bindParameters(groupedAttention.namedParameters(), tensors, () =>
      groupedAttention.forward(tensors.x!, { causal: true }),
    ),
  'rotary halfSplit': ({ x }) => new RotaryEmbedding(8).forward(x!),
  'rotary interleaved': ({ x }) =>
    new RotaryEmbedding(8, { base: 500, convention: 'interleaved' }).forward(x!),
  'rotary partial': ({ x }) => new RotaryEmbedding(4).forward(x!),
  'rotary far': ({ x }) => new RotaryEmbedding(8).forward(x!, { offset: 100_000 }),
  Linear: torchLayer(new Linear(4, 3)),
  'Linear without bias': torchLayer(new Linear(4, 3, { bias: false })),
  Embedding: bound(new Embedding(6, 3), (layer, { ids }) => layer.forward(ids!)),
  LayerNorm: torchLayer(new LayerNorm(5)),
  'LayerNorm without bias': torchLayer(new LayerNorm(5, { bias: false, epsilon: 1e-3 })),
  'BatchNorm1d in evaluation': bound(new BatchNorm1d(4).eval(), (layer, { x }) => layer.forward(x!)),
  'attention windowed': torchAttention({ headCount: 2 }, () => ({ causal: true, window: 2 })),
  'attention ALiBi': torchAttention({ headCount: 2 }, () => ({
    bias: tf.tensor(alibiBias(2, 4, 4).data, [2, 4, 4]),
  })),
  'rotary llama3': scaledRotary({
    type: 'llama3',
    factor: 4,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalContextLength: 64,
  }),
  'rotary linear': scaledRotary({ type: 'linear', factor: 2.5 }),
  'rotary ntk': scaledRotary({ type: 'ntk', factor: 4 }),
  LearnedPositions: bound(new LearnedPositions(6, 4), (layer, { x }) => layer.forward(x!, 2)),
  SinusoidalPositions: ({ x }) => new SinusoidalPositions(4).forward(x!, 20),
  RelativePositionBias: bound(new RelativePositionBias(2, { bucketCount: 8, maxDistance: 4 }), (layer) =>
    layer.forward(3, 5),
  ),
  'RelativePositionBias of the past': bound(
    new RelativePositionBias(2, { bucketCount: 4, maxDistance: 3, bidirectional: false }),
    (layer) => layer.forward(3, 5),
  ),
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

describe('values and gradients are those of PyTorch, eager and compiled', () => {
  const cases = Object.entries(goldens.cases) as unknown as [string, ProgramGolden][];

  test('every layer has its golden', () => {
    expect(cases.map(([name]) => name)).toEqual(Object.keys(PROGRAMS));
  });

  test.each(cases)('%s', async (name, golden) => {
    await expectProgram(PROGRAMS[name]!, golden, runtime);
  });
});

test('activations have names', () => {
  const x = tf.tensor1d([-2, -0.5, 0, 0.5, 2]);
  const layers = {
    elu: new ELU(),
    gelu: new GELU(),
    geluTanh: new GELU('tanh'),
    leakyRelu: new LeakyReLU(),
    mish: new Mish(),
    relu: new ReLU(),
    sigmoid: new Sigmoid(),
    silu: new SiLU(),
    softplus: new Softplus(),
    tanh: new Tanh(),
  };
  for (const [name, layer] of Object.entries(layers)) {
    const named = activationByName(name as keyof typeof layers)(x);
    expect(named.dataSync()).toEqual(layer.forward(x).dataSync());
  }
  expect(() => activationByName('swish' as 'silu')).toThrow(
    'activationByName: name must be one of elu, gelu, geluTanh,',
  );
});

test('a sequence of layers is named by place, and its layers can be replaced', () => {
  const layers = new Sequential([new Linear(2, 2), new Tanh()]);
  replaceModule(layers, '0', () => new Linear(2, 5, { bias: false }));
  expect([...layers.namedParameters().keys()]).toEqual(['0.weight']);
  expect(layers.forward(tf.ones([1, 2])).shape).toEqual([1, 5]);
  const x = tf.ones([2]);
  const same = new Sequential([]).forward(x);
  same.dispose();
  expect([...x.dataSync()]).toEqual([1, 1]);
});

test('a causal convolution sees only the past', () => {
  const layer = new Conv1d(1, 1, 3, { padding: 'causal', dilation: 2, random: new RandomStream(1) });
  const [a, b] = [
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 9, 5, 6],
  ].map((row) => layer.forward(tf.tensor3d(row, [1, 6, 1])).dataSync());
  expect(a!.slice(0, 3)).toEqual(b!.slice(0, 3));
  expect(a!.map((value, index) => Number(value !== b![index]))).toEqual(Float32Array.of(0, 0, 0, 1, 0, 1));
});

describe('attention', () => {
  test('sees only what mask and key mask both allow, and gives zeros where that is nothing', () => {
    const layer = new MultiHeadAttention(4, { headCount: 2, random: new RandomStream(1) });
    layer.output.bias!.data.fill(3);
    const x = tf.tensor3d(
      Array.from({ length: 24 }, (_, index) => Math.sin(index)),
      [2, 3, 4],
    );
    const keyMask = tf.tensor2d([1, 1, 0, 0, 1, 1], [2, 3], 'bool');
    const mask = tf.tensor2d([1, 0, 0, 1, 1, 0, 1, 1, 1], [3, 3], 'bool');
    const rows = layer.forward(x, { keyMask, mask }).arraySync() as number[][][];
    const causal = layer.forward(x, { causal: true, keyMask }).arraySync();
    expect(rows).toEqual(causal);
    expect(rows[1]![0]).toEqual([3, 3, 3, 3]);
    const alone = layer.forward(tf.slice(x, [0, 0, 0], [1, 1, 4])).arraySync() as number[][][];
    expectClose(rows[0]![0]!, alone[0]![0]!);
  });

  test('drops probabilities in training only', () => {
    const layer = new MultiHeadAttention(4, { headCount: 2, dropout: 0.5 });
    const x = tf.ones([1, 6, 4]);
    const run = (step: number) =>
      withRandomness({ seed: 0, step }, () => tf.tidy(() => layer.forward(x).dataSync()));
    expect(run(1)).not.toEqual(run(2));
    layer.eval();
    expect(run(1)).toEqual(run(2));
  });

  test('with a rotary embedding depends on distances, not on places', () => {
    const rotary = new RotaryEmbedding(4, { convention: 'interleaved' });
    const layer = new MultiHeadAttention(8, { headCount: 2, rotary, random: new RandomStream(2) });
    const x = tf.tensor3d(
      Array.from({ length: 40 }, (_, index) => Math.cos(index)),
      [1, 5, 8],
    );
    const at = (offset: number) => layer.forward(x, { positions: { offset } }).dataSync();
    expectClose(at(7), at(0));
    const positions = tf.tensor2d([7, 8, 9, 10, 11], [1, 5], 'int32');
    expectClose(layer.forward(x, { positions: { positions } }).dataSync(), at(0));
    expect(layer.forward(x, { sourcePositions: { offset: 1 } }).dataSync()).not.toEqual(at(0));
  });

  test("loads PyTorch's layer, wherever it stands in a model", () => {
    class Model extends Module {
      readonly blocks = [new MultiHeadAttention(2, { headCount: 1 })];
      readonly head = new Linear(2, 1, { bias: false });
    }
    const values = (rows: number, columns = 1) =>
      tensorData(
        Float32Array.from({ length: rows * columns }, (_, index) => index),
        columns > 1 ? [rows, columns] : [rows],
      );
    const model = new Model();
    const file = new Map([
      ['blocks.0.in_proj_weight', values(6, 2)],
      ['blocks.0.in_proj_bias', values(6)],
      ['blocks.0.out_proj.weight', values(2, 2)],
      ['blocks.0.out_proj.bias', values(2)],
      ['head.weight', tensorData(Float32Array.of(1, 2), [1, 2])],
    ]);
    loadParameters(model, splitTorchAttention(file));
    const loaded = modelData(model);
    expect([...loaded['blocks.0.value.weight']!.data]).toEqual([8, 9, 10, 11]);
    expect([...loaded['blocks.0.key.bias']!.data]).toEqual([2, 3]);
    expect([...loaded['blocks.0.output.weight']!.data]).toEqual([0, 1, 2, 3]);
    const separate = splitTorchAttention(new Map([['q_proj_weight', values(2, 2)]]));
    expect([...separate.keys()]).toEqual(['query.weight']);
    expect(() => splitTorchAttention(new Map([['a.in_proj_bias', values(4)]]))).toThrow(
      'splitTorchAttention: a.in_proj_bias must have a multiple of 3 rows, got 4.',
    );
  });
});

const x = (...shape: number[]) => tf.zeros(shape);
test.each<[() => unknown, string]>([
  [() => new RMSNorm(0), 'RMSNorm: size must be a positive integer, got 0.'],
  [() => new GroupNorm(4, 6), 'GroupNorm: channels must be a multiple of groupCount (4), got 6.'],
  [() => new GroupNorm(2, 6).forward(x(2, 5)), 'GroupNorm: x must be [batch, ..., 6], got [2,5].'],
  [() => new GLU().forward(x(2, 5)), 'GLU: x must have an even last axis, got [2,5].'],
  [() => new Softplus(0), 'Softplus: beta must be positive, got 0.'],
  [() => new MLP([3]), 'MLP: sizes must be those of the input and the output at least, got [3].'],
  [
    () => new Conv1d(4, 6, 3, { groups: 4 }),
    'Conv1d: outputChannels must be a multiple of groups (4), got 6.',
  ],
  [
    () => new Conv1d(4, 6, 3, { padding: -1 }),
    "Conv1d: padding must be a non-negative integer, 'valid', 'same' or 'causal', got -1.",
  ],
  [
    () => new Conv1d(4, 6, 3, { padding: 'same', stride: 2 }),
    "Conv1d: stride must be 1 where padding is 'same', got 2.",
  ],
  [() => new Conv1d(4, 6, 3).forward(x(1, 5, 3)), 'Conv1d: x must be [batch, time, 4], got [1,5,3].'],
  [
    () => new Conv1d(4, 6, 3, { dilation: 3 }).forward(x(1, 6, 4)),
    'Conv1d: x must have 7 time steps or more for this kernel, dilation and padding, got 6.',
  ],
  [() => meanOverTime(x(2, 3)), 'meanOverTime: x must be [batch, time, size], got [2,3].'],
  [() => maxOverTime(x(2, 3, 4), x(2, 3)), 'maxOverTime: mask must be bool, got float32.'],
  [
    () => new MultiHeadAttention(6, { headCount: 4 }),
    'MultiHeadAttention: size must be a multiple of headCount (4), got 6. Or give headSize.',
  ],
  [
    () => new MultiHeadAttention(6, { headCount: 3, keyHeadCount: 2 }),
    'MultiHeadAttention: headCount must be a multiple of keyHeadCount (2), got 3.',
  ],
  [
    () => new MultiHeadAttention(6, { headCount: 3, dropout: 1 }),
    'MultiHeadAttention: dropout must be in [0, 1), got 1.',
  ],
  [
    () => new MultiHeadAttention(6, { headCount: 3 }).forward(x(2, 6)),
    'MultiHeadAttention: x and source must be [batch, time, size], got [2,6] and [2,6].',
  ],
  [
    () => new MultiHeadAttention(6, { headCount: 3 }).forward(x(2, 4, 6), { keyMask: x(2, 3) }),
    'MultiHeadAttention: keyMask must be [batch, keys] = [2, 4], got [2,3].',
  ],
])('what does not fit is refused by name (%#)', (call, message) => {
  expect(call).toThrow(message);
});

test('layers leave no tensors behind but their result', () => {
  const input = x(2, 5, 4);
  const layers: Layer[] = [
    new Conv1d(4, 4, 2, { groups: 2, stride: 2 }),
    new GroupNorm(2, 4),
    new MLP([4, 3, 4]),
    new Sequential([new Linear(4, 4), new ELU(0.5), new Mish(), new Softplus(3)]),
    new MultiHeadAttention(4, { headCount: 2, rotary: new RotaryEmbedding(2) }),
  ];
  const before = tf.memory().numTensors;
  for (const layer of layers) layer.forward(input).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
