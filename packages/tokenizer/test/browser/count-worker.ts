import { blobSource, countWordsSteps, originStorage, WhitespaceSplitPreTokenizer } from '../../src/index.ts';
import { madeUpText } from '../word-counts/corpora.ts';

/** What a page asks its worker for. */
export interface CountingTask {
  readonly size: number;
  readonly memoryLimit: number;
  readonly workers: number;
  /** Whether to stop at the first event. */
  readonly aborts: boolean;
}

/** What it answers. */
export interface CountedInBrowser {
  readonly words: readonly (readonly [string, number])[] | undefined;
  /** Words that were counted before. */
  readonly wordCount: number;
  readonly files: readonly string[];
}

self.onmessage = async ({ data }) => {
  const { size, memoryLimit, workers, aborts } = data as CountingTask;
  const root = await navigator.storage.getDirectory();
  const storage = originStorage(await root.getDirectoryHandle('counts', { create: true }));
  const gzip = new Blob([madeUpText(size)]).stream().pipeThrough(new CompressionStream('gzip'));
  const source = await blobSource(await new Response(gzip).blob(), 'corpus.gz');
  const controller = new AbortController();
  let words: [string, number][] | undefined;
  let wordCount = 0;
  const steps = countWordsSteps([source], {
    preTokenizer: new WhitespaceSplitPreTokenizer(),
    storage,
    memoryLimit,
    workers,
    runInterval: 1,
    startWorker: () => new Worker(new URL('./word-counts-worker.ts', import.meta.url), { type: 'module' }),
    signal: controller.signal,
  });
  for await (const event of steps) {
    if (event.type !== 'count-end') wordCount = event.wordCount;
    if (aborts) controller.abort();
    if (event.type !== 'count-end' || event.reason !== 'finished') continue;
    words = [...event.words] as [string, number][];
    event.words.close();
  }
  self.postMessage({ words, wordCount, files: await storage.names() } satisfies CountedInBrowser);
};
