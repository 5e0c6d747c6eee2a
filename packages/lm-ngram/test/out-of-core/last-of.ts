import type { OutOfCoreEvent, StoredNgrams } from '../../src/index.ts';

/** Takes all events, and gives what the last one holds. */
export async function lastOf(events: AsyncIterable<OutOfCoreEvent>): Promise<StoredNgrams> {
  for await (const event of events) {
    if (event.type === 'training-end' && event.reason === 'finished') return event.ngrams;
  }
  throw new Error('aborted');
}

/** The whole file as text. */
export async function arpaOf(ngrams: StoredNgrams): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of ngrams.arpa()) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
}
