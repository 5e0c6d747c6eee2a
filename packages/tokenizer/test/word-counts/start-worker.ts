import { MessageChannel, Worker } from 'node:worker_threads';
import { type CountingWorker, serveWordCounts } from '../../src/index.ts';

/** The worker of `countWordsInFiles`, from its source. */
export function startWorker(): CountingWorker {
  return new Worker(new URL('run-typescript.js', import.meta.url), {
    workerData: new URL('../../src/word-counts/node/count-words-worker.ts', import.meta.url).href,
    execArgv: ['--conditions=@wordloom/source'],
  });
}

/** What a worker is to its owner, on this thread: messages and all, without the second that loading TypeScript takes. */
export function startLocalWorker(): CountingWorker {
  const { port1, port2 } = new MessageChannel();
  serveWordCounts(port2);
  return Object.assign(port1, { terminate: () => port1.close() });
}

/** A worker that ends at once. */
export function startEndingWorker(): CountingWorker {
  return new Worker('process.exit(3)', { eval: true });
}
