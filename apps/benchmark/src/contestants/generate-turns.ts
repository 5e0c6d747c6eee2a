import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '@wordloom/compile';
import { toTensors } from '@wordloom/compile';
import { bindParameters, loadParameters, parameterData } from '@wordloom/nn-core';
import { createGenerator, Gpt } from '@wordloom/transformer';
import type { Engine } from './engine.ts';
import type { GenerateJob, JobFiles } from './protocol.ts';
import type { Turns } from './train-turns.ts';

/** Continues a prompt by the likeliest token. */
type Continue = (prompt: Int32Array, tokenCount: number) => AsyncIterable<number>;

/** Generation: through the public API, or in eager tfjs, which has no cache and reads all tokens anew for each one. */
export async function generateTurns(
  job: GenerateJob,
  { weights, data }: JobFiles,
  { runtime }: Engine,
): Promise<Turns> {
  const model = new Gpt(job.model.config, { initialize: false });
  loadParameters(model, weights);
  const prompt = data.get('prompt')!.data as Int32Array;
  const continuation = runtime ? cached(model, runtime) : eager(model);
  let buildMilliseconds: number | null = null;
  if (runtime) {
    const start = performance.now();
    for await (const _ of continuation(prompt, 2)); // compiles both passes
    buildMilliseconds = performance.now() - start;
  }
  return {
    buildMilliseconds,
    nodeCount: null,
    async turn(count) {
      const milliseconds: number[] = [];
      let tokens: number[] = [];
      for (let index = 0; index < count; index++) {
        tokens = [];
        let start = 0;
        for await (const token of continuation(prompt, job.tokenCount)) {
          if (tokens.push(token) === 1) start = performance.now();
        }
        milliseconds.push((performance.now() - start) / (tokens.length - 1));
      }
      return { milliseconds, outcomes: tokens };
    },
  };
}

function cached(model: Gpt, runtime: Runtime): Continue {
  const generator = createGenerator(model, { runtime });
  return (prompt, maxTokens) => generator.generate(prompt, { maxTokens, temperature: 0 });
}

function eager(model: Gpt): Continue {
  const parameters = model.namedParameters();
  const tensors = toTensors(parameterData(parameters)); // once: an eager program keeps its weights as tensors
  model.eval();
  return async function* (prompt, tokenCount) {
    const window = Array.from(prompt);
    for (let count = 0; count < tokenCount; count++) {
      const best = tf.tidy(() => {
        const ids = tf.tensor2d([window], undefined, 'int32'); // [1, T]
        const logits = bindParameters(parameters, tensors, () => model.forward(ids)); // [1, T, V]
        const last = tf.slice(logits, [0, window.length - 1, 0], [1, 1, -1]);
        return tf.argMax(last, -1);
      });
      const [token] = await best.data();
      best.dispose();
      window.push(token!);
      yield token!;
    }
  };
}
