import type { CountedInBrowser, CountingTask } from './count-worker.ts';

/** Counts in a worker, where files of the origin may be read. */
function countInWorker(task: CountingTask): Promise<CountedInBrowser> {
  const worker = new Worker(new URL('./count-worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as CountedInBrowser);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(task);
  });
}

Object.assign(globalThis, { countInWorker });
