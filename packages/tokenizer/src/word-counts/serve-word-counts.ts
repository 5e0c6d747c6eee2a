import { JsonReader } from '../json-reader.ts';
import type { NormalizerJson } from '../normalizers/normalizer.ts';
import { readNormalizer } from '../normalizers/read-normalizer.ts';
import type { PreTokenizerJson } from '../pre-tokenizers/pre-tokenizer.ts';
import { readPreTokenizer } from '../pre-tokenizers/read-pre-tokenizer.ts';
import { type ChunkReply, TableCounter } from './chunk-counter.ts';
import { listen, type MessageEndpoint } from './message-endpoint.ts';
import type { TextChunk, TextFormat } from './text-chunk.ts';
import type { WordParts } from './word-feed.ts';

/** What a worker is told first: the parts as tokenizer.json has them. */
export interface CounterSettings extends TextFormat {
  readonly normalizer: NormalizerJson | undefined;
  readonly preTokenizer: PreTokenizerJson | undefined;
  readonly memoryLimit: number | undefined;
}

/** One at a time: the next one is sent when the last one is answered. */
export type CounterRequest =
  | { readonly type: 'open'; readonly settings: CounterSettings }
  | { readonly type: 'count'; readonly chunk: TextChunk | undefined }
  | { readonly type: 'read-block' };

export type CounterReply =
  | { readonly type: 'opened' }
  | { readonly type: 'counted'; readonly reply: ChunkReply }
  | { readonly type: 'block'; readonly block: Uint8Array<ArrayBuffer> | undefined }
  | { readonly type: 'failed'; readonly name: string; readonly message: string };

/**
 * Counts words in a worker, for {@link countWordsSteps} with `workers`. Call it once, in the worker's module. (In Node, `countWordsInFiles`
 * has a worker of its own.)
 *
 * @param port where requests come from: `self` in a browser, `parentPort` of `node:worker_threads`
 * @example
 * // count-words-worker.js
 * serveWordCounts(self);
 * // elsewhere
 * const startWorker = () => new Worker(new URL('./count-words-worker.js', import.meta.url), { type: 'module' });
 * for await (const event of countWordsSteps(texts, { preTokenizer, workers: 4, startWorker })) report(event);
 */
export function serveWordCounts(port: MessageEndpoint): void {
  let counter: TableCounter;
  const answer = (request: CounterRequest): CounterReply => {
    switch (request.type) {
      case 'open':
        counter = new TableCounter(openSettings(request.settings));
        return { type: 'opened' };
      case 'count':
        return { type: 'counted', reply: counter.count(request.chunk) };
      case 'read-block':
        return { type: 'block', block: counter.readBlock() };
    }
  };
  listen(port, {
    message: (request) => {
      let reply: CounterReply;
      try {
        reply = answer(request as CounterRequest);
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error));
        reply = { type: 'failed', name, message };
      }
      port.postMessage(reply, reply.type === 'block' && reply.block ? [reply.block.buffer] : []);
    },
    failure: () => {}, // whoever asks ends the worker
  });
}

function openSettings({
  normalizer,
  preTokenizer,
  memoryLimit,
  ...format
}: CounterSettings): ConstructorParameters<typeof TableCounter>[0] {
  return {
    ...format,
    ...readParts({ normalizer, preTokenizer }),
    ...(memoryLimit !== undefined && { memoryLimit }),
  };
}

/** @throws if a part is not one of tokenizer.json */
export function readParts({
  normalizer,
  preTokenizer,
}: Pick<CounterSettings, 'normalizer' | 'preTokenizer'>): WordParts {
  const reader = (json: unknown, source: string): JsonReader =>
    new JsonReader(json, { caller: 'countWordsSteps', source });
  return {
    normalizer: normalizer && readNormalizer(reader(normalizer, 'normalizer')),
    preTokenizer: preTokenizer && readPreTokenizer(reader(preTokenizer, 'preTokenizer')),
  };
}
