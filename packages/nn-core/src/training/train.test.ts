import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type Runtime, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, expect, test } from 'vitest';
import { randomWindows } from '../data/random-windows.ts';
import { sequentialWindows } from '../data/sequential-windows.ts';
import { Dropout } from '../layers/dropout.ts';
import { Embedding } from '../layers/embedding.ts';
import { LayerNorm } from '../layers/layer-norm.ts';
import { Linear } from '../layers/linear.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { Module } from '../module/module.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { cosineSchedule } from '../optimizers/cosine-schedule.ts';
import { decaysMatrices } from '../optimizers/optimizer.ts';
import { compileModel } from './compile-model.ts';
import { createEvaluator, evaluate } from './evaluate.ts';
import { explainTraining } from './explain-training.ts';
import { train } from './train.ts';
import type { StepEndEvent, TrainEvent } from './train-event.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainableModel } from './trainable-model.ts';
import { decodeTrainingState, encodeTrainingState } from './training-state.ts';

const vocabSize = 7;

/** Predicts the next token from the current one, through every layer this package has. */
class Bigram extends Module implements TrainableModel {
  readonly random = new RandomStream(5);
  readonly tokens = new Embedding(vocabSize, 8, { random: this.random });
  readonly dropout = new Dropout(0.2);
  readonly norm = new LayerNorm(8);
  readonly head = new Linear(8, vocabSize, { random: this.random });

  forward(ids: tf.Tensor): tf.Tensor {
    return this.head.forward(this.norm.forward(this.dropout.forward(this.tokens.forward(ids))));
  }

  loss({ inputs, targets }: Record<string, tf.Tensor>): tf.Scalar {
    return crossEntropy(this.forward(inputs!), targets!);
  }
}

/** A cycle: each token decides the next. */
const tokens = Int32Array.from({ length: 200 }, (_, index) => (index * 3) % vocabSize);
const data = randomWindows(tokens, { batchSize: 4, contextLength: 6, seed: 1 });
const schedule = cosineSchedule({ peak: 0.05, warmupSteps: 3, decaySteps: 20 });

function setUp() {
  const model = new Bigram();
  const optimizer = new AdamW(model.namedParameters(), { weightDecay: 0.1, decays: decaysMatrices });
  return { model, optimizer };
}

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const collected: TrainEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

function steps(events: readonly TrainEvent[]): StepEndEvent[] {
  return events.filter((event) => event.type === 'step-end');
}

/** Losses of a run on a new model, and the model. */
async function run(options: Partial<TrainOptions> = {}) {
  const { model, optimizer } = setUp();
  const events = await collect(train(model, data, { steps: 20, optimizer, schedule, seed: 3, ...options }));
  return { model, optimizer, events, losses: steps(events).map(({ loss }) => loss) };
}

const weights = (model: Module) => model.parameters().map(({ data }) => data);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

test('training learns, and reports every step, every evaluation and its end', async () => {
  const { events, losses } = await run({ evaluation: { interval: 8, loss: async () => 1.5 } });
  expect(losses[0]).toBeGreaterThan(1.5);
  expect(losses.at(-1)).toBeLessThan(0.4);
  const reported = events.map((event) =>
    event.type === 'compile-end' ? event.type : `${event.type} ${event.step}`,
  );
  expect(reported.filter((name) => !name.startsWith('step-end'))).toEqual([
    'evaluation-end 8',
    'evaluation-end 16',
    'evaluation-end 20',
    'train-end 20',
  ]);
  expect(reported.slice(7, 10)).toEqual(['step-end 8', 'evaluation-end 8', 'step-end 9']);
  expect(events.at(-1)).toEqual({ type: 'train-end', step: 20, reason: 'finished' });
  const last = steps(events).at(-1)!;
  expect(last).toMatchObject({ learningRate: schedule(19), tokenCount: 24, millisecondsLeft: 0 });
  expect(last.gradientNorm).toBeGreaterThan(0);
});

test.each(['eager', 'compiled'])(
  '10 steps, saved, loaded and 10 more are exactly 20 steps (%s)',
  async (mode) => {
    const options = mode === 'compiled' ? { runtime } : {};
    const whole = await run(options);
    const half = await run({ ...options, steps: 10 });
    const bytes = encodeTrainingState(half.model, half.optimizer, { seed: '3' });

    const { model, optimizer } = setUp();
    for (const array of weights(model)) array.fill(0); // nothing may survive but what is loaded
    expect(decodeTrainingState(bytes, model, optimizer)).toEqual({ seed: '3' });
    const events = await collect(train(model, data, { steps: 20, optimizer, schedule, seed: 3, ...options }));
    expect([...half.losses, ...steps(events).map(({ loss }) => loss)]).toEqual(whole.losses);
    expect(weights(model)).toEqual(weights(whole.model));
  },
);

test('eager and compiled runs agree, dropout included', async () => {
  const eager = await run();
  const compiled = await run({ runtime });
  expect(compiled.events[0]).toMatchObject({ type: 'compile-end' });
  for (const [step, loss] of compiled.losses.entries()) expect(loss).toBeCloseTo(eager.losses[step]!, 4);
  const another = await run({ steps: 3, seed: 4 });
  expect(another.losses[2]).not.toBeCloseTo(eager.losses[2]!, 4);
});

test('an abort stops between steps, and the model goes on from there exactly', async () => {
  const controller = new AbortController();
  const { model, optimizer } = setUp();
  const losses: number[] = [];
  for await (const event of train(model, data, {
    steps: 20,
    optimizer,
    schedule,
    seed: 3,
    signal: controller.signal,
  })) {
    if (event.type === 'step-end') losses.push(event.loss);
    if (event.type === 'step-end' && event.step === 7) controller.abort();
    if (event.type === 'train-end') expect(event).toEqual({ type: 'train-end', step: 7, reason: 'aborted' });
  }
  expect(losses).toHaveLength(7);
  const [first] = sequentialWindows(tokens, { batchSize: 1, contextLength: 6 });
  expect(await evaluate(model, [first!])).toBeLessThan(losses[0]!);
  const events = await collect(train(model, data, { steps: 20, optimizer, schedule, seed: 3 }));
  expect([...losses, ...steps(events).map(({ loss }) => loss)]).toEqual((await run()).losses);
});

test('an abort from a timer is seen, also while evaluating, and leaving the loop keeps the steps taken', async () => {
  const { model, optimizer } = setUp();
  const events = await collect(
    train(model, data, { steps: 1e9, optimizer, signal: AbortSignal.timeout(30) }),
  );
  expect(events.at(-1)).toMatchObject({ type: 'train-end', reason: 'aborted', step: optimizer.stepCount });

  const controller = new AbortController();
  const loss = async () => {
    controller.abort();
    controller.signal.throwIfAborted();
    return 0;
  };
  const options = { steps: 9, evaluation: { interval: 1, loss }, signal: controller.signal };
  expect((await collect(train(setUp().model, data, options))).map(({ type }) => type)).toEqual([
    'step-end',
    'train-end',
  ]);

  const left = setUp();
  for await (const { type } of train(left.model, data, { steps: 9, ...left })) if (type === 'step-end') break;
  expect(left.optimizer.stepCount).toBe(1);
});

test('a run that has all its steps ends at once', async () => {
  const { model, optimizer } = await run({ steps: 2 });
  expect(await collect(train(model, data, { steps: 2, optimizer }))).toEqual([
    { type: 'train-end', step: 2, reason: 'finished' },
  ]);
});

test('training takes no tensors beyond its own', async () => {
  const before = tf.memory().numTensors;
  await run({ steps: 3 });
  await run({ steps: 3, runtime });
  expect(tf.memory().numTensors).toBe(before);
});

test('frozen parameters keep their values, and a model with nothing else is refused', async () => {
  const { model, optimizer } = setUp();
  model.tokens.weight.trainable = false;
  const frozen = model.tokens.weight.data.slice();
  const free = model.head.weight.data.slice();
  await collect(train(model, data, { steps: 2, optimizer, runtime }));
  expect(model.tokens.weight.data).toEqual(frozen);
  expect(model.head.weight.data).not.toEqual(free);
  for (const parameter of model.parameters()) parameter.trainable = false;
  await expect(collect(train(model, data, { steps: 3 }))).rejects.toThrow(
    'train: model must have a trainable parameter, got none.',
  );
});

test('NaN is reported with the parameter and the step, before it spreads', async () => {
  const { model, optimizer } = await run({ steps: 4 });
  model.head.bias!.data[2] = Number.NaN;
  const others = model.tokens.weight.data.slice();
  await expect(collect(train(model, data, { steps: 9, optimizer }))).rejects.toThrow(
    'train: loss and gradients must be finite, got loss NaN at step 4 (counted from 0), and NaN or infinity in parameter head.bias.',
  );
  expect([model.tokens.weight.data, optimizer.stepCount]).toEqual([others, 4]);

  // A finite loss with an infinite slope: √x at 0.
  class Root extends Linear implements TrainableModel {
    loss(): tf.Scalar {
      return tf.sum(tf.sqrt(tf.sub(this.weight.value, this.weight.data[0]!))) as tf.Scalar;
    }
  }
  await expect(collect(train(new Root(1, 1, { bias: false }), data, { steps: 1 }))).rejects.toThrow(
    'got loss 0 at step 0 (counted from 0), and NaN or infinity in the gradient of weight.',
  );
});

test('evaluation weights batches by their targets, without dropout, compiled or not, and leaves modes alone', async () => {
  const { model } = await run({ steps: 5 });
  const whole = sequentialWindows(tokens.slice(0, 32), { batchSize: 1, contextLength: 31 });
  const parts = sequentialWindows(tokens.slice(0, 32), { batchSize: 2, contextLength: 4 }); // 2+2+2+1 windows and a tail of 3
  const expected = await evaluate(model, whole);
  expect(await evaluate(model, parts)).toBeCloseTo(expected, 6);
  const evaluator = createEvaluator(model, { runtime });
  expect(await evaluator.evaluate(parts)).toBeCloseTo(expected, 5);
  expect(model.dropout.training).toBe(true);

  for (const array of weights(model)) array.fill(0); // compiled, it sees the new weights
  expect(await evaluator.evaluate(parts)).toBeCloseTo(Math.log(vocabSize), 6);
  await evaluator.release();
  await expect(evaluate(model, [])).rejects.toThrow(
    'evaluate: batches must hold at least one target, got none.',
  );
  await expect(evaluate(model, parts, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  const { targets, ...rest } = [...whole][0]!;
  await expect(evaluate(model, [rest])).rejects.toThrow('evaluate: batches must have targets, got none.');
  expect(targets).toBeDefined();
});

test('a compiled model computes what the model computes, with the weights of the moment', async () => {
  const { model } = setUp();
  const compiled = compileModel(model, ({ ids }) => ({ logits: model.forward(ids!) }), { runtime });
  const ids = tensorData(Int32Array.of(1, 2, 3), [1, 3]);
  model.eval();
  for (const scale of [1, 2]) {
    for (const array of weights(model))
      array.forEach((value, index) => {
        array[index] = value * scale;
      });
    const { logits } = await compiled({ ids });
    expect(logits!.shape).toEqual([1, 3, vocabSize]);
    const eager = tf.tidy(() => model.forward(tf.tensor(ids.data, [1, 3], 'int32')).dataSync());
    for (const [index, value] of eager.entries()) expect(logits!.data[index]).toBeCloseTo(value, 4);
  }
  await compiled.release();
});

test('options out of range are refused by name', async () => {
  const { model } = setUp();
  const start = (options: TrainOptions) => collect(train(model, data, options));
  await expect(start({ steps: -1 })).rejects.toThrow('train: steps must be a non-negative integer, got -1.');
  await expect(start({ steps: 1, clipNorm: 0 })).rejects.toThrow('train: clipNorm must be positive, got 0.');
  const evaluation = { interval: 0.5, loss: async () => 0 };
  await expect(start({ steps: 1, evaluation })).rejects.toThrow(
    'evaluation.interval must be a positive integer, got 0.5',
  );
});

test('a training step is explained without a change to the model', async () => {
  const { model } = setUp();
  const before = weights(model).map((data) => data.slice());
  const { operators, times } = await explainTraining(model, await data.batch(0), { runtime, runs: 1 });
  expect(operators[0]).toMatchObject({ operator: 'Gemm' });
  expect(times!.length).toBeGreaterThan(0);
  expect(weights(model)).toEqual(before);
});
