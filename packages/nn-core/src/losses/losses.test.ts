import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type Runtime, toTensors } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import goldens from '../../fixtures/losses.json' with { type: 'json' };
import { expectProgram, type ProgramGolden } from '../../test/expect-program.ts';
import { expectClose } from '../../test/pytorch.ts';
import { binaryCrossEntropyWithLogits } from './binary-cross-entropy.ts';
import { infoNce } from './contrastive.ts';
import { crossEntropy } from './cross-entropy.ts';
import { ctcLoss } from './ctc.ts';
import { drawCandidates, withCandidates } from './draw-candidates.ts';
import { cosineEmbeddingLoss, hingeEmbeddingLoss, tripletMarginLoss } from './embedding-margin.ts';
import { klDivergence } from './kl-divergence.ts';
import { hingeLoss, marginRankingLoss, multiMarginLoss } from './margin.ts';
import type { Reduction } from './reduction.ts';
import { huberLoss, meanAbsoluteError, meanSquaredError, smoothL1Loss } from './regression.ts';
import { sampledSoftmax } from './sampled-softmax.ts';
import { softTargetCrossEntropy } from './soft-target-cross-entropy.ts';

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Loss = (tensors: Tensors, options: { reduction: Reduction }) => tf.Tensor;

const ctc: (blank: number, zeroInfinity?: boolean) => Loss =
  (blank, zeroInfinity = false) =>
  (t, options) =>
    ctcLoss(t.logits!, t.targets!, {
      inputLengths: t.input_lengths!,
      targetLengths: t.target_lengths!,
      blank,
      zeroInfinity,
      ...options,
    });

/** As in fixtures/losses.py. */
const LOSSES: Readonly<Record<string, Loss>> = {
  crossEntropy: ({ logits, targets }, options) => crossEntropy(logits!, targets!, options),
  'crossEntropy smoothed': ({ logits, targets }, options) =>
    crossEntropy(logits!, targets!, { labelSmoothing: 0.1, ...options }),
  'crossEntropy z': ({ logits, targets }, options) =>
    crossEntropy(logits!, targets!, { zLoss: 0.01, ...options }),
  'crossEntropy smoothed ignoring 2': ({ logits, targets }, options) =>
    crossEntropy(logits!, targets!, { labelSmoothing: 0.2, ignoreIndex: 2, ...options }),
  'crossEntropy weighted': ({ logits, targets, weights }, options) =>
    crossEntropy(logits!, targets!, { classWeights: weights!, ...options }),
  'crossEntropy weighted smoothed': ({ logits, targets, weights }, options) =>
    crossEntropy(logits!, targets!, { classWeights: weights!, labelSmoothing: 0.1, ...options }),
  softTargetCrossEntropy: ({ logits, probabilities }, options) =>
    softTargetCrossEntropy(logits!, probabilities!, options),
  'softTargetCrossEntropy weighted smoothed': ({ logits, probabilities, weights }, options) =>
    softTargetCrossEntropy(logits!, probabilities!, {
      classWeights: weights!,
      labelSmoothing: 0.1,
      ...options,
    }),
  binaryCrossEntropyWithLogits: ({ logits, targets }, options) =>
    binaryCrossEntropyWithLogits(logits!, targets!, options),
  'binaryCrossEntropyWithLogits weighted': ({ logits, targets, positive, element }, options) =>
    binaryCrossEntropyWithLogits(logits!, targets!, {
      positiveWeight: positive!,
      weight: element!,
      ...options,
    }),
  meanSquaredError: ({ predictions, targets }, options) => meanSquaredError(predictions!, targets!, options),
  meanAbsoluteError: ({ predictions, targets }, options) =>
    meanAbsoluteError(predictions!, targets!, options),
  'huberLoss 0.7': ({ predictions, targets }, options) =>
    huberLoss(predictions!, targets!, { delta: 0.7, ...options }),
  'smoothL1Loss 0.7': ({ predictions, targets }, options) =>
    smoothL1Loss(predictions!, targets!, { beta: 0.7, ...options }),
  'smoothL1Loss 0': ({ predictions, targets }, options) =>
    smoothL1Loss(predictions!, targets!, { beta: 0, ...options }),
  klDivergence: ({ log_q, p }, options) => klDivergence(log_q!, p!, options),
  'klDivergence log': ({ log_q, log_p }, options) =>
    klDivergence(log_q!, log_p!, { logTarget: true, ...options }),
  infoNce: ({ a, b }, options) => infoNce(a!, b!, options),
  'infoNce symmetric': ({ a, b, temperature }, options) =>
    infoNce(a!, b!, { temperature: temperature!, symmetric: true, ...options }),
  'infoNce negatives': ({ a, b, negatives }, options) =>
    infoNce(a!, b!, { temperature: 0.5, normalize: false, negatives: negatives!, ...options }),
  cosineEmbeddingLoss: ({ a, b, labels }, options) =>
    cosineEmbeddingLoss(a!, b!, labels!, { margin: 0.1, ...options }),
  hingeEmbeddingLoss: ({ distances, labels }, options) =>
    hingeEmbeddingLoss(distances!, labels!, { margin: 0.9, ...options }),
  marginRankingLoss: ({ first, second, labels }, options) =>
    marginRankingLoss(first!, second!, labels!, { margin: 0.2, ...options }),
  multiMarginLoss: ({ scores, targets }, options) => multiMarginLoss(scores!, targets!, options),
  'multiMarginLoss squared': ({ scores, targets, weights }, options) =>
    multiMarginLoss(scores!, targets!, { power: 2, margin: 0.5, classWeights: weights!, ...options }),
  tripletMarginLoss: ({ a, b, c }, options) => tripletMarginLoss(a!, b!, c!, options),
  'tripletMarginLoss swapped': ({ a, b, c }, options) =>
    tripletMarginLoss(a!, b!, c!, { swap: true, margin: 2, ...options }),
  'tripletMarginLoss 1': ({ a, b, c }, options) =>
    tripletMarginLoss(a!, b!, c!, { p: 1, margin: 3, ...options }),
  'tripletMarginLoss 3': ({ a, b, c }, options) => tripletMarginLoss(a!, b!, c!, { p: 3, ...options }),
  sampledSoftmax: ({ hidden, weight, bias, targets, drawn }, options) =>
    sampledSoftmax(hidden!, targets!, {
      weight: weight!,
      bias: bias!,
      candidates: drawn!,
      candidateDraws: tf.scalar(9),
      ...options,
    }),
  ctcLoss: ctc(0),
  'ctcLoss blank 4': ctc(4),
  'ctcLoss impossible': ctc(0, true),
  hingeLoss: ({ scores, labels }, options) => hingeLoss(scores!, labels!, { margin: 0.8, ...options }),
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

describe('values and gradients are those of PyTorch, eager and compiled', () => {
  const cases = Object.entries(goldens.cases) as unknown as [string, ProgramGolden][];

  test('every loss has its golden', () => {
    expect(new Set(cases.map(([name]) => name.slice(0, name.lastIndexOf('.'))))).toEqual(
      new Set(Object.keys(LOSSES)),
    );
  });

  test.each(cases)('%s', async (name, golden) => {
    const end = name.lastIndexOf('.');
    const options = { reduction: name.slice(end + 1) as Reduction };
    await expectProgram((tensors) => LOSSES[name.slice(0, end)]!(tensors, options), golden, runtime);
  });
});

test('a reduction is a scalar, and no reduction is not', () => {
  const x = tf.zeros([2]);
  expectTypeOf(meanSquaredError(x, x)).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(meanSquaredError(x, x, { reduction: 'sum' })).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(meanSquaredError(x, x, { reduction: 'none' })).toEqualTypeOf<tf.Tensor>();
  expectTypeOf(klDivergence(x, x)).toEqualTypeOf<tf.Scalar>();
  expectTypeOf(klDivergence(x, x, { reduction: 'none' })).toEqualTypeOf<tf.Tensor>();
  expect(klDivergence(x, x, { reduction: 'none' }).shape).toEqual([2]);
});

test('leading axes are rows', () => {
  const random = new RandomStream(3);
  const logits = tf.tensor(
    Float32Array.from({ length: 24 }, () => random.normal()),
    [2, 3, 4],
  );
  const targets = tf.tensor2d([0, 1, 2, 3, -100, 1], [2, 3], 'int32');
  const [rows, flat] = [tf.reshape(logits, [6, 4]), tf.reshape(targets, [6])];
  for (const options of [{}, { reduction: 'none' }, { labelSmoothing: 0.1, zLoss: 0.1 }] as const) {
    const [deep, shallow] = [crossEntropy(logits, targets, options), crossEntropy(rows, flat, options)];
    expectClose(deep.dataSync(), shallow.dataSync());
    expect(deep.shape).toEqual('reduction' in options ? [2, 3] : []);
  }
});

test('a mean over no targets is NaN, and their sum is 0', () => {
  const [logits, targets] = [tf.ones([2, 3]), tf.fill([2], -100, 'int32')];
  expect(crossEntropy(logits, targets).dataSync()[0]).toBeNaN();
  expect(crossEntropy(logits, targets, { reduction: 'sum' }).dataSync()[0]).toBe(0);
});

test('one class is certain, and a batch of one pair has nothing to tell apart', () => {
  expect(crossEntropy(tf.tensor2d([[3]]), tf.tensor1d([0], 'int32')).dataSync()[0]).toBe(0);
  expect(infoNce(tf.ones([1, 3]), tf.ones([1, 3])).dataSync()[0]).toBe(0);
});

test('a class ruled out by a logit of minus infinity costs nothing where it is not the target', () => {
  const [logits, targets] = [tf.tensor2d([[0, -Infinity, 0]]), tf.tensor1d([2], 'int32')];
  expect(crossEntropy(logits, targets, { reduction: 'sum' }).dataSync()[0]).toBeCloseTo(Math.log(2), 6);
});

test('the hinge is flat beyond its margin', () => {
  const [scores, labels] = [tf.tensor1d([2, 0.5, -1]), tf.tensor1d([1, 1, -1])];
  expect([...hingeLoss(scores, labels, { reduction: 'none' }).dataSync()]).toEqual([0, 0.5, 0]);
  expect([...hingeLoss(scores, labels, { reduction: 'none', margin: 3 }).dataSync()]).toEqual([1, 2.5, 2]);
});

describe('CTC', () => {
  test('sums the alignments: two steps spell "a" in three ways', () => {
    const shares = [
      [0.6, 0.4],
      [0.3, 0.7],
    ];
    const logits = tf.log(tf.tensor3d([shares]));
    const loss = ctcLoss(logits, tf.tensor2d([[1]], undefined, 'int32'));
    expect(loss.dataSync()[0]).toBeCloseTo(-Math.log(0.4 * 0.7 + 0.4 * 0.3 + 0.6 * 0.7), 6);
  });

  test('is infinite where the input is too short, unless told otherwise', () => {
    const [logits, targets] = [tf.zeros([1, 2, 3]), tf.tensor2d([[1, 1]], undefined, 'int32')]; // needs a blank between
    expect(ctcLoss(logits, targets).dataSync()[0]).toBe(Infinity);
    expect(ctcLoss(logits, targets, { zeroInfinity: true }).dataSync()[0]).toBe(0);
  });

  test('takes one time step, no labels, and log-probabilities of minus infinity', () => {
    const one = tf.tensor3d([[[0, 1, 2]]]);
    const target = tf.tensor2d([[2]], undefined, 'int32');
    expect(ctcLoss(one, target).dataSync()[0]).toBeCloseTo(
      -Math.log(Math.E ** 2 / (1 + Math.E + Math.E ** 2)),
      6,
    );
    const none = tf.zeros([1, 0], 'int32');
    expect(ctcLoss(tf.zeros([1, 3, 2]), none, { reduction: 'sum' }).dataSync()[0]).toBeCloseTo(
      3 * Math.log(2),
      6,
    );
    const certain = tf.tensor3d([[[-Infinity, 0, -Infinity]]]);
    expect(ctcLoss(certain, tf.tensor2d([[1]], undefined, 'int32')).dataSync()[0]).toBeCloseTo(0, 6);
  });
});

describe('candidates', () => {
  const options = { vocabSize: 100, sampleCount: 20, seed: 4 };

  test('are different classes, a function of seed and step', () => {
    const { candidates, candidateDraws } = drawCandidates(options, 7);
    expect(new Set(candidates.data).size).toBe(20);
    expect(candidateDraws.data[0]).toBeGreaterThanOrEqual(20);
    expect(drawCandidates(options, 7)).toEqual(drawCandidates(options, 7));
    expect(drawCandidates(options, 8)).not.toEqual(drawCandidates(options, 7));
    expect(drawCandidates({ ...options, seed: 5 }, 7)).not.toEqual(drawCandidates(options, 7));
    expect(() => drawCandidates({ ...options, sampleCount: 100 }, 0)).toThrow(
      'drawCandidates: sampleCount must be below vocabSize 100, got 100. Use crossEntropy over all classes.',
    );
  });

  test('are log-uniform', () => {
    const counts = new Float64Array(100);
    const steps = 4000;
    for (let step = 0; step < steps; step++) {
      counts[drawCandidates({ ...options, sampleCount: 1 }, step).candidates.data[0]!]!++;
    }
    for (const [first, end] of [
      [0, 1],
      [1, 4],
      [4, 30],
      [30, 100],
    ] as const) {
      const share = counts.slice(first, end).reduce((sum, count) => sum + count, 0) / steps;
      const expected = Math.log((end + 1) / (first + 1)) / Math.log(101);
      expect(Math.abs(share - expected)).toBeLessThan(0.025); // three deviations
    }
  });

  test('come with the batches of a source, at hand or not', async () => {
    const batch = () => ({ x: drawCandidates(options, 0).candidates });
    for (const source of [{ tokensPerBatch: 3, batch }, { batch: async () => batch() }]) {
      const extended = withCandidates(source, options);
      const second = await extended.batch(2);
      expect(Object.keys(second)).toEqual(['x', 'candidates', 'candidateDraws']);
      expect(second.candidates).toEqual(drawCandidates(options, 2).candidates);
      expect(extended.tokensPerBatch).toBe(source.tokensPerBatch);
    }
  });

  test('bring the loss nearer to the full softmax the more there are', () => {
    const random = new RandomStream(9);
    const normal = (...shape: number[]) =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
        shape,
      );
    const [hidden, weight] = [normal(8, 4), tf.mul(normal(100, 4), 0.5)];
    const targets = tf.tensor1d([0, 3, 5, 17, 40, 63, 80, 99], 'int32');
    const full = crossEntropy(tf.matMul(hidden, weight, false, true), targets).dataSync()[0]!;
    const gaps = [20, 60, 99].map((sampleCount) => {
      let sum = 0;
      for (let step = 0; step < 50; step++) {
        const tensors = toTensors({ ...drawCandidates({ ...options, sampleCount }, step) });
        const { candidates, candidateDraws } = tensors as Record<'candidates' | 'candidateDraws', tf.Tensor>;
        sum += sampledSoftmax(hidden, targets, { weight, candidates, candidateDraws }).dataSync()[0]!;
      }
      return full - sum / 50;
    });
    expect(full).toBeGreaterThan(4);
    expect(gaps[0]).toBeGreaterThan(gaps[1]!);
    expect(Math.abs(gaps[2]!)).toBeLessThan(0.02);
  });
});

const m = (...shape: number[]) => tf.zeros(shape);
const ids = (...shape: number[]) => tf.zeros(shape, 'int32');
test.each<[() => unknown, string]>([
  [() => crossEntropy(m(2, 3), ids(3)), 'crossEntropy: targets must be [2] for logits [2,3], got [3].'],
  [() => crossEntropy(m(2, 3), m(2)), 'crossEntropy: targets must be int32, got float32.'],
  [
    () => crossEntropy(m(2, 3), ids(2), { labelSmoothing: 1.1 }),
    'crossEntropy: labelSmoothing must be in [0, 1], got 1.1.',
  ],
  [() => crossEntropy(m(2, 3), ids(2), { zLoss: -1 }), 'crossEntropy: zLoss must not be negative, got -1.'],
  [
    () => crossEntropy(m(2, 3), ids(2), { classWeights: m(2) }),
    'crossEntropy: classWeights must be [3], got [2].',
  ],
  [
    () => crossEntropy(m(2, 3), ids(2), { reduction: 'average' as 'mean' }),
    "crossEntropy: reduction must be 'mean', 'sum' or 'none', got 'average'.",
  ],
  [
    () => meanSquaredError(m(2), m(2, 1)),
    'meanSquaredError: targets must have the shape of predictions, [2], got [2,1].',
  ],
  [() => huberLoss(m(2), m(2), { delta: 0 }), 'huberLoss: delta must be positive, got 0.'],
  [() => smoothL1Loss(m(2), m(2), { beta: -1 }), 'smoothL1Loss: beta must not be negative, got -1.'],
  [
    () => binaryCrossEntropyWithLogits(m(2, 3), m(2, 3), { weight: m(2) }),
    'binaryCrossEntropyWithLogits: weight must broadcast to logits [2,3], got [2].',
  ],
  [() => klDivergence(m(2, 3), m(3)), 'klDivergence: targets must have the shape of logProbabilities, [2,3]'],
  [() => infoNce(m(2), m(2)), 'infoNce: anchors must be [batch, size], got [2].'],
  [() => infoNce(m(2, 3), m(2, 3), { temperature: 0 }), 'infoNce: temperature must be positive, got 0.'],
  [
    () => infoNce(m(2, 3), m(2, 3), { symmetric: true, negatives: m(1, 3) }),
    'infoNce: negatives must be left out where the loss is symmetric, got both.',
  ],
  [
    () => cosineEmbeddingLoss(m(2, 3), m(2, 3), m(3)),
    'cosineEmbeddingLoss: labels must have the shape of the pairs, [2], got [3].',
  ],
  [
    () => multiMarginLoss(m(2, 3), ids(2), { power: 3 as 2 }),
    'multiMarginLoss: power must be 1 or 2, got 3.',
  ],
  [
    () => tripletMarginLoss(m(2, 3), m(2, 3), m(2, 3), { p: 0 }),
    'tripletMarginLoss: p must be positive, got 0.',
  ],
  [
    () => sampledSoftmax(m(2, 3), ids(2), { weight: m(9, 4), candidates: ids(2), candidateDraws: m() }),
    'sampledSoftmax: weight must be [classes, 3] for hidden [2,3], got [9,4].',
  ],
  [
    () => ctcLoss(m(2, 4, 3), ids(3, 2)),
    'ctcLoss: logits and targets must be [batch, time, classes] and [batch, labels], got [2,4,3] and [3,2].',
  ],
  [() => ctcLoss(m(2, 4, 3), ids(2, 2), { blank: 3 }), 'ctcLoss: blank must be a class in [0, 3), got 3.'],
  [
    () => ctcLoss(m(2, 4, 3), ids(2, 2), { inputLengths: m(2) }),
    'ctcLoss: inputLengths must be int32 [2], got float32 [2].',
  ],
])('what does not fit is refused by name (%#)', (call, message) => {
  expect(call).toThrow(message);
});

test('losses leave no tensors behind but their result', () => {
  const [logits, targets] = [m(2, 3), ids(2)];
  const before = tf.memory().numTensors;
  crossEntropy(logits, targets, { labelSmoothing: 0.1, zLoss: 0.1 }).dispose();
  crossEntropy(logits, targets, { reduction: 'none' }).dispose();
  meanAbsoluteError(logits, logits).dispose();
  infoNce(logits, logits, { symmetric: true }).dispose();
  klDivergence(logits, logits).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
