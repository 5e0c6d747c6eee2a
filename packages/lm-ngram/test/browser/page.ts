import { decodeCompact } from '../../src/index.ts';
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

/** Opens a compact model of this origin. */
async function openModel(path: string): Promise<{ milliseconds: number; sizes: number[] }> {
  const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
  const start = performance.now();
  const { trie } = decodeCompact(bytes);
  return { milliseconds: performance.now() - start, sizes: trie.sizes };
}

Object.assign(globalThis, { answerInWorker, openModel });
