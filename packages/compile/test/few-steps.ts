import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  compileTrainStep,
  embeddingLookup,
  gelu,
  type LossFunction,
  layerNorm,
  linear,
  quantize,
  quantizedLinear,
  RandomStream,
  type Runtime,
  rmsNorm,
  scan,
  silu,
  softmaxCrossEntropy,
  type TensorData,
  tensorData,
} from '../src/index.ts';

const [BATCH, TIME, SIZE, VOCABULARY, HEADS] = [2, 16, 32, 20, 4];

/** Not float16: WebGPU has it only on devices with the feature shader-f16, which a GPU in software lacks. */
const FROZEN = (['int8', 'int4'] as const).map((type) => {
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, index) => 0.1 * Math.sin(index));
  return quantize(values, [SIZE, SIZE], { type, blockSize: 16 });
});

/** A model of everything that has a form of its own: attention, norms, activations, stored weights, a recurrence, cross-entropy. */
const loss: LossFunction = (p, { inputs, targets }) => {
  const embedded = layerNorm(embeddingLookup(p.tokens!, inputs!), p.scale!, p.shift!);
  const heads = tf.transpose(tf.reshape(embedded, [BATCH, TIME, HEADS, SIZE / HEADS]), [0, 2, 1, 3]);
  const mixed = tf.transpose(attention(heads, heads, heads, { causal: true }), [0, 2, 1, 3]);
  let x = rmsNorm(tf.reshape(mixed, [BATCH, TIME, SIZE]), p.scale!);
  x = tf.add(x, linear(gelu(silu(linear(x, p.expand!))), p.contract!));
  for (const weight of FROZEN) x = tf.add(x, quantizedLinear(x, weight));
  const { outputs } = scan(
    ({ state }, { row }) => {
      const next = tf.tanh(tf.add(row, linear(state, p.recurrent!)));
      return { carry: { state: next }, outputs: { next } };
    },
    { carry: { state: tf.zeros([BATCH, SIZE]) }, inputs: { row: tf.transpose(x, [1, 0, 2]) } },
  );
  return softmaxCrossEntropy(linear(tf.transpose(outputs.next, [1, 0, 2]), p.tokens!), targets!);
};

/** The losses of a few steps of gradient descent, from fixed weights on a fixed batch. */
export async function fewSteps(runtime: Runtime): Promise<number[]> {
  const random = new RandomStream(1);
  const normal = (...shape: number[]): TensorData => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return tensorData(
      Float32Array.from({ length: size }, () => 0.2 * random.normal()),
      shape,
    );
  };
  const ids = (): TensorData =>
    tensorData(
      Int32Array.from({ length: BATCH * TIME }, () => random.integer(VOCABULARY)),
      [BATCH, TIME],
    );
  const parameters: Record<string, TensorData> = {
    tokens: normal(VOCABULARY, SIZE),
    scale: normal(SIZE),
    shift: normal(SIZE),
    expand: normal(2 * SIZE, SIZE),
    contract: normal(SIZE, 2 * SIZE),
    recurrent: normal(SIZE, SIZE),
  };
  const batch = { inputs: ids(), targets: ids() };
  const step = await compileTrainStep(loss, { runtime, parameters, batch });
  const losses: number[] = [];
  for (let count = 0; count < 10; count++) {
    losses.push(await step.run(batch));
    for (const [name, gradient] of Object.entries(step.gradients)) {
      const { data } = parameters[name]!;
      for (const [index, slope] of gradient.entries()) data[index]! -= 0.3 * slope;
    }
  }
  await step.release();
  return losses;
}
