import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { TensorData } from '@wordloom/compile';
import type { GptConfig } from '@wordloom/transformer';
import type { JobFiles, TrainJob } from '../src/contestants/protocol.ts';
import type { Turns } from '../src/contestants/train-turns.ts';

/** Parameters by Wordloom's names. */
type Tree = Record<string, np.Array>;
/** What a step changes. */
type State = { parameters: Tree; means: Tree; squares: Tree };

/**
 * jax-js's side: the same GPT and optimizer, written as its documentation does, in one compiled function on its WebAssembly
 * backend. In a page it uses the job's threads; in Node, which has no `Worker` for it, one.
 *
 * An operation takes its operands over; `.ref` keeps one for another use.
 */
export async function jaxTurns(job: TrainJob, { weights, data }: JobFiles): Promise<Turns> {
  prepareNavigator(job.threads);
  await init('wasm');
  defaultDevice('wasm');
  const parameters: Tree = Object.fromEntries([...weights].map(([name, tensor]) => [name, upload(tensor)]));
  const zeros = (): Tree => tree.map(({ shape }: np.Array) => np.zeros(shape), parameters);
  let state: State = { parameters, means: zeros(), squares: zeros() };
  const step = trainStep(job);
  const [inputs, targets] = [data.get('inputs')!, data.get('targets')!]; // [steps, B, T]
  const [batchCount, ...shape] = inputs.shape as [number, ...number[]];
  let stepCount = 0;
  const batch = (all: TensorData): np.Array => {
    const size = all.data.length / batchCount;
    const begin = (stepCount % batchCount) * size;
    return upload({ ...all, shape, data: all.data.subarray(begin, begin + size) });
  };
  return {
    buildMilliseconds: null, // the first step compiles
    nodeCount: null,
    async turn(count) {
      const milliseconds: number[] = [];
      const outcomes: number[] = [];
      while (outcomes.length < count) {
        const start = performance.now();
        const { loss, ...next } = step(state, np.array(stepCount + 1), batch(inputs), batch(targets));
        state = next;
        const [value] = await loss.data();
        await blockUntilReady(state);
        milliseconds.push(performance.now() - start);
        outcomes.push(value!);
        stepCount++;
      }
      return { milliseconds, outcomes };
    },
  };
}

/** jax-js reads the number of threads from `navigator`, which Node 20 lacks. */
function prepareNavigator(threads: number): void {
  if (!globalThis.navigator) Object.assign(globalThis, { navigator: { userAgent: 'Node' } });
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads });
}

function upload({ dtype, shape, data }: TensorData): np.Array {
  return np.array(data.slice() as Float32Array<ArrayBuffer>, {
    shape: [...shape],
    dtype: dtype === 'int32' ? np.int32 : np.float32,
  });
}

/** Forward, backward, clipping, AdamW. */
function trainStep({ model, optimizer }: TrainJob) {
  if (model.architecture !== 'gpt') throw new RangeError(`jax-js: there is no ${model.architecture} here.`);
  const { learningRate, beta1, beta2, weightDecay, clipNorm } = optimizer;
  return jit((state: State, stepCount: np.Array, inputs: np.Array, targets: np.Array) => {
    const [loss, raw] = valueAndGrad((parameters: Tree) =>
      gptLoss(model.config, parameters, inputs, targets),
    )(tree.ref(state.parameters));
    const squaredNorm = tree
      .leaves(tree.ref(raw))
      .map((gradient) => np.sum(np.square(gradient)))
      .reduce((a, b) => a.add(b));
    const scale = np.minimum(1, np.trueDivide(clipNorm, np.sqrt(squaredNorm).add(1e-6)));
    const gradients: Tree = tree.map((gradient: np.Array) => gradient.mul(scale.ref), raw);
    scale.dispose();
    const means: Tree = tree.map(
      (mean: np.Array, gradient: np.Array) => mean.mul(beta1).add(gradient.ref.mul(1 - beta1)),
      state.means,
      gradients,
    );
    const squares: Tree = tree.map(
      (square: np.Array, gradient: np.Array) => square.mul(beta2).add(np.square(gradient).mul(1 - beta2)),
      state.squares,
      gradients,
    );
    const meanCorrection = np.subtract(1, np.power(beta1, stepCount.ref));
    const squareCorrection = np.subtract(1, np.power(beta2, stepCount));
    const parameters: Tree = tree.map(
      (parameter: np.Array, mean: np.Array, square: np.Array) => {
        const decay = parameter.ndim >= 2 ? learningRate * weightDecay : 0;
        const deviation = np.sqrt(square.ref.div(squareCorrection.ref)).add(1e-8);
        const change = mean.ref.div(meanCorrection.ref).div(deviation).mul(learningRate);
        return parameter.mul(1 - decay).sub(change);
      },
      state.parameters,
      means,
      squares,
    );
    meanCorrection.dispose();
    squareCorrection.dispose();
    return { parameters, means, squares, loss };
  });
}

/** @param ids int32 `[B, T]` */
function gptLoss(config: Required<GptConfig>, p: Tree, ids: np.Array, targets: np.Array): np.Array {
  const { vocabSize, embeddingSize: size, headCount, layerCount, normEpsilon } = config;
  const [batch, time] = ids.shape as [number, number];
  const linear = (x: np.Array, name: string): np.Array =>
    np.matmul(x, np.matrixTranspose(p[`${name}.weight`]!)).add(p[`${name}.bias`]!);
  const norm = (x: np.Array, name: string): np.Array => {
    const centered = x.ref.sub(np.mean(x, -1, { keepdims: true }));
    const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
    return centered
      .div(np.sqrt(variance.add(normEpsilon)))
      .mul(p[`${name}.weight`]!)
      .add(p[`${name}.bias`]!);
  };
  // [B, T, C] -> [B, H, T, D]
  const split = (x: np.Array): np.Array =>
    np.transpose(x.reshape([batch, time, headCount, size / headCount]), [0, 2, 1, 3]);
  // jax-js's own dotProductAttention needs iterator methods that Node 20 lacks.
  const attention = (x: np.Array, name: string): np.Array => {
    const [q, k, v] = np.split(linear(x, `${name}.queryKeyValue`), 3, -1).map(split) as [
      np.Array,
      np.Array,
      np.Array,
    ];
    const scores = np.matmul(q, np.matrixTranspose(k)).mul((size / headCount) ** -0.5); // [B, H, T, T]
    const masked = np.where(np.tri(time, time, 0, { dtype: np.bool }), scores, -Infinity);
    const heads = np.matmul(nn.softmax(masked, -1), v);
    return linear(np.transpose(heads, [0, 2, 1, 3]).reshape([batch, time, size]), `${name}.output`);
  };
  const table = p['tokenEmbedding.weight']!;
  let x = np.take(table.ref, ids, 0).add(p['positionEmbedding.weight']!); // [B, T, C]
  for (let layer = 0; layer < layerCount; layer++) {
    const block = `blocks.${layer}`;
    x = x.ref.add(attention(norm(x, `${block}.attentionNorm`), `${block}.attention`));
    const hidden = linear(norm(x.ref, `${block}.feedForwardNorm`), `${block}.feedForward.expand`);
    x = x.add(linear(nn.gelu(hidden, { approximate: false }), `${block}.feedForward.contract`));
  }
  const logits = np.matmul(norm(x, 'finalNorm'), np.matrixTranspose(table)); // [B, T, V]
  const likelihoods = nn.logSoftmax(logits, -1).mul(nn.oneHot(targets, vocabSize));
  return np.mean(np.sum(likelihoods, -1)).neg();
}
