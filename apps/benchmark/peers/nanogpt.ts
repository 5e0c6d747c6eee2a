import { TeachableLLM } from '@genai-fi/nanogpt';
import type { JobFiles, TrainJob } from '../src/contestants/protocol.ts';
import type { Turns } from '../src/contestants/train-turns.ts';

const DATASET = { id: 'benchmark', name: 'benchmark', conversational: false };

/**
 * nanogpt's side: its own GPT of the same sizes, trained by its own training job.
 *
 * The model is the nearest it has: RMS norms instead of layer norms, no biases. The job starts from weights of its own (of the
 * same distribution), draws windows of its own from the tokens of all batches, and does not clip gradients, for which it has a
 * kernel on WebGPU alone: losses are alike, not equal.
 *
 * It runs in pages only (its bundle does not load in Node), on backends cpu, webgl and webgpu. Where these are software, webgl
 * is the fastest: twice as fast as cpu, five times as fast as webgpu.
 */
export async function nanogptTurns({ model, optimizer }: TrainJob, { data }: JobFiles): Promise<Turns> {
  if (model.architecture !== 'gpt') throw new RangeError(`nanogpt: there is no ${model.architecture} here.`);
  const { vocabSize, contextLength, layerCount, headCount, embeddingSize } = model.config;
  await TeachableLLM.selectBackend('webgl');
  const llm = TeachableLLM.create('char', {
    modelType: 'GenAI_NanoGPT_v1',
    useRope: false,
    vocabSize,
    blockSize: contextLength,
    nLayer: layerCount,
    nHead: headCount,
    nEmbed: embeddingSize,
    mlpFactor: 4,
  });
  await new Promise<void>((resolve, reject) => {
    llm.on('loaded', resolve);
    llm.on('error', reject);
  });
  const inputs = data.get('inputs')!; // [steps, B, T]
  const { clipNorm, ...adamW } = optimizer;
  const options = {
    method: { type: 'pretraining' },
    batchSize: inputs.shape[1]!,
    ...adamW,
    warmupSteps: 0,
    decayEpochs: 1e6, // no decay to speak of
    logInterval: 1, // milliseconds: every step
  } as const;
  const { training } = llm;
  let id: string | undefined;
  return {
    buildMilliseconds: null,
    nodeCount: null,
    async turn(count) {
      const milliseconds: number[] = [];
      const outcomes: number[] = [];
      let last = performance.now();
      let pause: number | undefined;
      /** The job stops after the step that follows. */
      const pauseAfterNext = (): void => {
        pause = training.addBreak(id!);
      };
      const onProgress = ({ history }: { history: { trainingMetrics: { loss: number } }[] | null }): void => {
        const now = performance.now();
        milliseconds.push(now - last);
        last = now;
        outcomes.push(history!.at(-1)!.trainingMetrics.loss);
        if (outcomes.length === count - 1) pauseAfterNext();
      };
      training.on('progress', onProgress);
      const paused = new Promise<void>((resolve, reject) => {
        training.on('paused', () => resolve());
        training.on('error', (_: string, error: Error) => reject(error));
      });
      if (id === undefined)
        ({ id } = await training.job(options, [Uint16Array.from(inputs.data)], [DATASET]));
      else await training.resume(id);
      if (count === 1) pauseAfterNext();
      await paused;
      training.off('progress', onProgress);
      training.deleteBreak(id, pause!);
      return { milliseconds, outcomes };
    },
  };
}
