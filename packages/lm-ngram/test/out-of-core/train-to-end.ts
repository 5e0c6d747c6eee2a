import { MessageChannel } from 'node:worker_threads';
import {
  type OutOfCoreEvent,
  type SortingWorker,
  type StoredNgrams,
  serveNgramSorting,
} from '../../src/index.ts';

/** Takes all events, and gives what the last one holds. */
export async function lastOf(events: AsyncIterable<OutOfCoreEvent>): Promise<StoredNgrams> {
  for await (const event of events) {
    if (event.type === 'training-end' && event.reason === 'finished') return event.ngrams;
  }
  throw new Error('aborted');
}

export async function arpaOf(ngrams: StoredNgrams): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of ngrams.arpa()) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}

/** What a worker is to its owner, on this thread: messages and all, without the second that loading TypeScript takes. */
export function startLocalWorker(): SortingWorker {
  const { port1, port2 } = new MessageChannel();
  serveNgramSorting(port2);
  return Object.assign(port1, { terminate: () => port1.close() });
}
