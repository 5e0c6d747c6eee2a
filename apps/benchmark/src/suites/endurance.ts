import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { compileTrainStep, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, randomWindows, train } from '@wordloom/nn-core';
import { Gpt } from '@wordloom/transformer';
import { type BenchmarkRecord, recordOf } from '../report/record.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'endurance';
/** MiB that may be added by noise: the heap's and the allocator's own ups and downs. */
const TOLERANCE = 32;

/** Whether a process that trains for long, or compiles again and again, grows. */
export const endurance: Suite = {
  name: NAME,
  summary:
    'memory of a process after 10 000 training steps, and after 300 compilations, beside that after a tenth',
  onRequest: true,
  async run(context) {
    const scale = context.quick ? 0.05 : 1;
    const tensors = tf.engine().state.numTensors;
    const trained = await trainSteps(10_000 * scale, context);
    const compiled = await compileOften(300 * scale, context);
    const left = tf.engine().state.numTensors - tensors;
    const growths = [trained, compiled].map(({ value, peerValue }) => value - peerValue!);
    return {
      records: [trained, compiled],
      versions: {},
      notes: ['The peer is the same process earlier.'],
      failures: [
        ...growths
          .filter((growth) => growth > TOLERANCE)
          .map((growth) => `the process grew by ${growth.toFixed(0)} MiB.`),
        ...(left === 0 ? [] : [`${left} tensors are left behind.`]),
      ],
    };
  },
};

/** Training of a small GPT, dropout included. */
async function trainSteps(
  steps: number,
  { threads, signal, progress }: SuiteContext,
): Promise<BenchmarkRecord> {
  const { tokens, tokenizer } = await readShakespeare();
  const sizes = { layerCount: 2, headCount: 2, embeddingSize: 32, contextLength: 32, dropout: 0.1 };
  const model = new Gpt({ vocabSize: tokenizer.vocabSize, ...sizes }, { seed: 0 });
  const events = train(model, randomWindows(tokens, { batchSize: 4, contextLength: 32, seed: 0 }), {
    steps,
    optimizer: new AdamW(model.namedParameters(), { learningRate: 1e-3 }),
    runtime: await nodeRuntime({ threads }),
    signal,
  });
  let early = 0;
  let loss = Number.NaN;
  for await (const event of events) {
    if (event.type !== 'step-end') continue;
    if (event.step % 500 === 0) progress(`step ${event.step} of ${steps}`);
    if (event.step === steps / 10) early = residentMemory();
    loss = event.loss;
  }
  signal.throwIfAborted();
  const quality = { name: 'loss', value: loss, peerValue: null };
  const subject = {
    suite: NAME,
    case: 'gpt-2x2x32',
    metric: `memory after ${steps} steps`,
    unit: 'MiB',
    quality,
  } as const;
  return recordOf(subject, residentMemory(), { name: `after ${steps / 10}`, value: early });
}

/** Sessions made, run and released. */
async function compileOften(
  count: number,
  { threads, signal, progress }: SuiteContext,
): Promise<BenchmarkRecord> {
  const runtime = await nodeRuntime({ threads });
  const parameters = { w: tensorData(new Float32Array(128 * 128).fill(0.01), [128, 128]) };
  const batch = { x: tensorData(new Float32Array(64 * 128).fill(1), [64, 128]) };
  let early = 0;
  for (let index = 1; index <= count; index++) {
    signal.throwIfAborted();
    const step = await compileTrainStep(
      ({ w }, { x }) => tf.mean(tf.square(tf.matMul(x!, w!))) as tf.Scalar,
      {
        runtime,
        parameters,
        batch,
      },
    );
    await step.run(batch);
    await step.release();
    if (index % 10 === 0) progress(`compilation ${index} of ${count}`);
    if (index === Math.ceil(count / 10)) early = residentMemory();
  }
  const subject = {
    suite: NAME,
    case: 'matrix product',
    metric: `memory after ${count} compilations`,
    unit: 'MiB',
  } as const;
  return recordOf(subject, residentMemory(), { name: `after ${Math.ceil(count / 10)}`, value: early });
}

/** MiB of the process, garbage collected. */
function residentMemory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage.rss() / 2 ** 20;
}
