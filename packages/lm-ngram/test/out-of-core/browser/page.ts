/** Has a Web Worker train on files of the origin, and gives the ARPA text. */
function trainInWorker(sentences: readonly string[]): Promise<string> {
  const worker = new Worker(new URL('./train-worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(sentences);
  });
}

Object.assign(globalThis, { trainInWorker });
