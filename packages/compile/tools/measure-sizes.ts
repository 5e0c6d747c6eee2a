import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  type CompiledTrainStep,
  compileTrainStep,
  embeddingLookup,
  gelu,
  type LossFunction,
  layerNorm,
  linear,
  RandomStream,
  scan,
  softmaxCrossEntropy,
  type TensorData,
  tensorData,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';

// What sizes with names cost and save: node --conditions=@wordloom/source --import tsx tools/measure-sizes.ts
// Builds and steps of two models, with fixed sizes and with names for batch and length.

const [LAYERS, SIZE, HEADS, VOCABULARY, CONTEXT] = [4, 128, 4, 65, 64];
const STEPS = 30;
const runtime = await nodeRuntime({ threads: 2 });
const random = new RandomStream(1);

function normal(...shape: number[]): TensorData {
  const length = shape.reduce((product, size) => product * size, 1);
  return tensorData(
    Float32Array.from({ length }, () => 0.02 * random.normal()),
    shape,
  );
}

const transformer = {
  parameters: {
    tokens: normal(VOCABULARY, SIZE),
    positions: normal(CONTEXT, SIZE),
    scale: normal(SIZE),
    shift: normal(SIZE),
    ...Object.fromEntries(
      Array.from({ length: LAYERS }, (_, layer) => [
        [`qkv${layer}`, normal(3 * SIZE, SIZE)],
        [`project${layer}`, normal(SIZE, SIZE)],
        [`up${layer}`, normal(4 * SIZE, SIZE)],
        [`down${layer}`, normal(SIZE, 4 * SIZE)],
      ]).flat(),
    ),
  } as Record<string, TensorData>,
  loss: ((p, { ids, targets }) => {
    const [batch, length] = ids!.shape as [number, number];
    let x = tf.add(embeddingLookup(p.tokens!, ids!), tf.slice(p.positions!, 0, length));
    for (let layer = 0; layer < LAYERS; layer++) {
      const qkv = linear(layerNorm(x, p.scale!, p.shift!), p[`qkv${layer}`]!);
      const heads = tf.transpose(tf.reshape(qkv, [batch, length, 3, HEADS, SIZE / HEADS]), [2, 0, 3, 1, 4]);
      const [q, k, v] = tf.unstack(heads) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const mixed = tf.transpose(attention(q, k, v, { causal: true }), [0, 2, 1, 3]);
      x = tf.add(x, linear(tf.reshape(mixed, [batch, length, SIZE]), p[`project${layer}`]!));
      const hidden = gelu(linear(layerNorm(x, p.scale!, p.shift!), p[`up${layer}`]!));
      x = tf.add(x, linear(hidden, p[`down${layer}`]!));
    }
    return softmaxCrossEntropy(linear(layerNorm(x, p.scale!, p.shift!), p.tokens!), targets!);
  }) as LossFunction,
};

const recurrent = {
  parameters: {
    tokens: normal(VOCABULARY, SIZE),
    input: normal(4 * SIZE, SIZE),
    recurrent: normal(4 * SIZE, SIZE),
    bias: normal(4 * SIZE),
  } as Record<string, TensorData>,
  loss: ((p, { ids, targets }) => {
    const [batch] = ids!.shape as [number];
    const zeros = tf.zeros([batch, SIZE]);
    const { outputs } = scan(
      ({ state, cell }, { row }) => {
        const gates = tf.add(tf.add(linear(row, p.input!), linear(state, p.recurrent!)), p.bias!);
        const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const next = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        const hidden = tf.mul(tf.sigmoid(o), tf.tanh(next));
        return { carry: { state: hidden, cell: next }, outputs: { hidden } };
      },
      {
        carry: { state: zeros, cell: zeros },
        inputs: { row: tf.transpose(embeddingLookup(p.tokens!, ids!), [1, 0, 2]) },
      },
    );
    return softmaxCrossEntropy(linear(tf.transpose(outputs.hidden, [1, 0, 2]), p.tokens!), targets!);
  }) as LossFunction,
};

function batchOf(batch: number, length: number): Record<string, TensorData> {
  const ids = (): TensorData =>
    tensorData(
      Int32Array.from({ length: batch * length }, () => random.integer(VOCABULARY)),
      [batch, length],
    );
  return { ids: ids(), targets: ids() };
}

async function timed<T>(run: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const result = await run();
  return [performance.now() - start, result];
}

/** Milliseconds of a step: the median of many, those of both in turns. */
async function stepTimes(
  steps: readonly CompiledTrainStep[],
  batch: Record<string, TensorData>,
): Promise<number[]> {
  const times = steps.map((): number[] => []);
  for (let count = 0; count < STEPS + 3; count++) {
    for (const [index, step] of steps.entries()) {
      const [milliseconds] = await timed(() => step.run(batch));
      if (count >= 3) times[index]!.push(milliseconds);
    }
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!);
}

const sizes = ['batch', 'length'] as const;
const named = {
  batch: { ids: { dtype: 'int32', shape: sizes }, targets: { dtype: 'int32', shape: sizes } },
  dimensions: { length: { max: CONTEXT } },
} as const;

for (const [name, { parameters, loss }] of Object.entries({ transformer, recurrent })) {
  const build = (options: Pick<Parameters<typeof compileTrainStep>[1], 'batch' | 'dimensions'>) =>
    timed(() => compileTrainStep(loss, { runtime, parameters, ...options }));
  const batch = batchOf(12, CONTEXT);
  await (await build({ batch }))[1].release(); // warms the code up
  const builds = { fixed: [] as number[], named: [] as number[] };
  for (let count = 0; count < 5; count++) {
    for (const [kind, options] of [
      ['fixed', { batch }],
      ['named', named],
    ] as const) {
      const [milliseconds, step] = await build(options);
      builds[kind].push(milliseconds);
      await step.release();
    }
  }
  const median = (list: number[]): number => list.sort((a, b) => a - b)[2]!;
  const [, fixedStep] = await build({ batch });
  const [, namedStep] = await build(named);
  const [fixedTime, namedTime] = (await stepTimes([fixedStep, namedStep], batch)) as [number, number];
  process.stdout.write(
    `${name}: built in ${median(builds.fixed).toFixed(0)} ms fixed, ${median(builds.named).toFixed(0)} named; ` +
      `a step of 12 x ${CONTEXT} in ${fixedTime.toFixed(1)} ms fixed, ${namedTime.toFixed(1)} named; ` +
      `operators ${fixedStep.nodeCount} fixed, ${namedStep.nodeCount} named\n`,
  );
  await Promise.all([fixedStep.release(), namedStep.release()]);
}
