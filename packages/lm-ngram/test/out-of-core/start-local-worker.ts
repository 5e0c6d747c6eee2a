import { MessageChannel } from 'node:worker_threads';
import { type SortingWorker, serveNgramSorting } from '../../src/index.ts';

/** What a worker is to its owner, on this thread: messages and all, without the second that loading TypeScript takes. */
export function startLocalWorker(): SortingWorker {
  const { port1, port2 } = new MessageChannel();
  serveNgramSorting(port2);
  return Object.assign(port1, { terminate: () => port1.close() });
}
