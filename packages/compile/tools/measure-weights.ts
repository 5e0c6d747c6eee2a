/**
 * What stored weights cost and save: the memory of a process that trains through a frozen base, and the time of one product.
 *
 * Run it on a quiet machine: node --expose-gc --conditions=@wordloom/source --import tsx tools/measure-weights.ts
 */
import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import {
  compile,
  compileTrainStep,
  linear,
  type QuantizedType,
  quantize,
  quantizedLinear,
  type TensorData,
  tensorData,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';

const SIZE = 2048;
const LAYERS = 32;
const TYPES = ['float32', 'float16', 'int8', 'int4'] as const;
type Type = (typeof TYPES)[number];

/** A layer with its weight in some type, and the weight where it is an input of the program. */
interface Layer {
  apply(x: tf.Tensor, weight: tf.Tensor | undefined): tf.Tensor;
  readonly weight?: TensorData;
}

const values = new Float32Array(SIZE * SIZE);

function layer(type: Type, seed: number, roundActivations = false): Layer {
  for (let index = 0; index < values.length; index++) values[index] = Math.sin(index * 0.37 + seed) / 45;
  if (type === 'float32') {
    return { apply: (x, weight) => linear(x, weight!), weight: tensorData(values.slice(), [SIZE, SIZE]) };
  }
  const stored = quantize(values, [SIZE, SIZE], { type: type as QuantizedType });
  return { apply: (x) => quantizedLinear(x, stored, undefined, { roundActivations }) };
}

const rowsOf = (count: number): TensorData =>
  tensorData(new Float32Array(count * SIZE).fill(0.1), [count, SIZE]);

const mebibytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 2 ** 20;
};

/** What the process grows by when it trains something below a frozen base. */
async function measureMemory(type: Type): Promise<string> {
  const runtime = await nodeRuntime({ threads: 2 });
  const before = mebibytes();
  const layers = Array.from({ length: LAYERS }, (_, index) => layer(type, index));
  const weights = layers.flatMap(({ weight }, index) => (weight ? [[`w${index}`, weight] as const] : []));
  const step = await compileTrainStep(
    ({ x, ...weights }) => {
      let y = x!;
      layers.forEach(({ apply }, index) => {
        y = tf.tanh(apply(y, weights[`w${index}`]));
      });
      return tf.sum(tf.square(y)) as tf.Scalar;
    },
    {
      runtime,
      parameters: { x: rowsOf(256), ...Object.fromEntries(weights) },
      batch: {},
      trainable: (name) => name === 'x',
    },
  );
  const milliseconds = await median(() => step.run({}), 5);
  return `${type}: process +${(mebibytes() - before).toFixed(0)} MiB, step ${milliseconds.toFixed(0)} ms`;
}

/** The median time of one product. */
async function measureProduct(type: Type, count: number, roundActivations: boolean): Promise<number> {
  const { apply, weight } = layer(type, 0, roundActivations);
  const compiled = compile(({ x, weight }) => ({ y: apply(x!, weight) }), {
    runtime: await nodeRuntime({ threads: 2 }),
  });
  const inputs = { x: rowsOf(count), ...(weight && { weight }) };
  const milliseconds = await median(() => compiled(inputs), 15);
  await compiled.release();
  return milliseconds;
}

async function median(run: () => Promise<unknown>, times: number): Promise<number> {
  const measured: number[] = [];
  for (let index = 0; index < times + 3; index++) {
    const start = performance.now();
    await run();
    if (index >= 3) measured.push(performance.now() - start);
  }
  return measured.sort((a, b) => a - b)[times >> 1]!;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const [type] = process.argv.slice(2) as [Type?];
if (type) {
  print(await measureMemory(type));
} else {
  print(`A training step of 256 rows through ${LAYERS} frozen layers of ${SIZE} x ${SIZE}`);
  for (const each of TYPES) {
    print(
      execFileSync(process.execPath, [...process.execArgv, process.argv[1]!, each])
        .toString()
        .trim(),
    );
  }
  print(`One product with ${SIZE} x ${SIZE}, milliseconds for 1, 16, 256 and 2048 rows`);
  for (const each of TYPES) {
    for (const roundActivations of each === 'int8' || each === 'int4' ? [false, true] : [false]) {
      const times: string[] = [];
      for (const count of [1, 16, 256, 2048])
        times.push((await measureProduct(each, count, roundActivations)).toFixed(2));
      print(`${each}${roundActivations ? ', rounded activations' : ''}: ${times.join(', ')}`);
    }
  }
}
