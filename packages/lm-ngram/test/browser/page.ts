import { CompactModel, openHttpSource, openRemoteModel } from '../../src/index.ts';
import type { ModelAnswer, ModelTask } from './model-worker.ts';

/** Has a Web Worker do a task. */
function answerInWorker(task: ModelTask): Promise<ModelAnswer> {
  const worker = new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', reject);
    worker.postMessage(task);
  });
}

/** Opens a compact model of this origin: loaded whole, and asked by range requests. */
async function openModel(path: string, word: string): Promise<{ sizes: readonly number[]; logs: number[] }> {
  const model = new CompactModel(new Uint8Array(await (await fetch(path)).arrayBuffer()));
  const remote = await openRemoteModel(await openHttpSource(path), { blockSize: 512 });
  const loaded = model.score(model.sentenceStart, model.vocabulary.idOf(word));
  const asked = await remote.score(remote.sentenceStart, remote.vocabulary.idOf(word));
  return { sizes: model.sizes, logs: [loaded.log10Probability, asked.log10Probability] };
}

Object.assign(globalThis, { answerInWorker, openModel });
