import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  ByteLevelPreTokenizer,
  blobSource,
  type CountedWords,
  type CountWordsEvent,
  type CountWordsStepsOptions,
  countWords,
  countWordsSteps,
  LiteralPattern,
  MemoryRunStorage,
  SplitPreTokenizer,
  type TextSource,
  WhitespaceSplitPreTokenizer,
} from '../../src/index.ts';
import { listed, madeUpText, mapOfWords } from './corpora.ts';
import { startEndingWorker, startLocalWorker, startWorker } from './start-worker.ts';

const preTokenizer = new WhitespaceSplitPreTokenizer();
const text = madeUpText(500_000);
const expected = mapOfWords(text);
const lines = text.split(/(?<=\n)/);

interface Outcome {
  readonly events: readonly CountWordsEvent[];
  readonly words: CountedWords | undefined;
}

async function run(
  corpus: Parameters<typeof countWordsSteps>[0],
  options: CountWordsStepsOptions,
  onEvent: (event: CountWordsEvent) => void = () => {},
): Promise<Outcome> {
  const events: CountWordsEvent[] = [];
  for await (const event of countWordsSteps(corpus, options)) {
    events.push(event);
    onEvent(event);
  }
  const last = events.at(-1);
  return { events, words: last?.type === 'count-end' && last.reason === 'finished' ? last.words : undefined };
}

const source = (content: string | Uint8Array<ArrayBuffer> = text, name = 'a.txt') =>
  blobSource(new Blob([content]), name);

test('words are those of a Map, in whatever way they are counted', async () => {
  const limits = { storage: new MemoryRunStorage(), memoryLimit: 2 ** 16 };
  const half = text.indexOf('\n', 200_000) + 1;
  const gzip = Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000, half))]);
  const ways: [string, Parameters<typeof countWordsSteps>[0], CountWordsStepsOptions][] = [
    ['texts in memory', lines, {}],
    ['texts in runs', lines, limits],
    ['one text in runs', text, { ...limits, storage: new MemoryRunStorage() }],
    ['bytes in memory', [await source()], {}],
    [
      'sources, one of them empty',
      [await source(text.slice(0, half)), await source(''), await source(text.slice(half))],
      {},
    ],
    ['no words', [], {}],
    ['texts to a worker of Node', lines, { workers: 1, startWorker }],
    [
      'bytes to workers',
      [await source()],
      { storage: new MemoryRunStorage(), memoryLimit: 2 ** 18, workers: 3, startWorker: startLocalWorker },
    ],
  ];
  let mostRuns = 0;
  for (const [name, corpus, options] of ways) {
    const { words, events } = await run(corpus, { ...options, preTokenizer });
    const all = name === 'no words' ? new Map<string, number>() : expected;
    expect(listed(words!) === listed(all), name).toBe(true);
    expect(words!.distinctWordCount, name).toBe(all.size);
    expect(words!.wordCount, name).toBe([...all.values()].reduce((sum, count) => sum + count, 0));
    const counted = events.findLast((event) => event.type === 'count-progress')!;
    if (all.size > 0) {
      expect(counted, name).toMatchObject({ wordCount: words!.wordCount, characterCount: text.length });
    }
    if (all.size > 0) mostRuns = Math.max(mostRuns, counted.runCount);
    words!.close();
  }
  expect(mostRuns).toBeGreaterThan(32); // more than are merged at once
  const { words } = await run([await source(gzip), await source(text.slice(half))], { preTokenizer });
  expect(listed(words!) === listed(expected)).toBe(true);
});

test('each line, or what another delimiter ends, is a text of its own', async () => {
  for (const delimiter of ['\n', '\n\n', ' ', 'te']) {
    const texts = text
      .split(delimiter)
      .map((part, index, all) => part + (index + 1 < all.length ? delimiter : ''));
    const options = { preTokenizer: new ByteLevelPreTokenizer() }; // puts a space before each text
    const { words } = await run([await source()], { ...options, delimiter });
    expect(listed(words!) === listed(countWords(texts, options))).toBe(true);
  }
});

test('a count that was aborted goes on with other limits and workers, and a finished one is there at once', async () => {
  const storage = new MemoryRunStorage();
  const sources = [await source(text), await source(madeUpText(500_000, 2), 'b.txt')];
  const all = listed(mapOfWords(text + madeUpText(500_000, 2)));
  const options = { preTokenizer, storage };
  const limits = [
    { memoryLimit: 2 ** 18, runInterval: 1 },
    { memoryLimit: 2 ** 20, workers: 2, startWorker: startLocalWorker },
    { memoryLimit: 2 ** 17 },
  ];
  const wordCounts = [0];
  for (const limit of limits) {
    const controller = new AbortController();
    const watched = sources.map((source) => abortWhenRead(source, controller));
    const { events, words } = await run(watched, { ...options, ...limit, signal: controller.signal });
    expect(words).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: 'count-end', reason: 'aborted' });
    const counted = events.findLast((event) => event.type === 'count-progress')!;
    expect(counted.wordCount).toBeGreaterThan(wordCounts.at(-1)!);
    wordCounts.push(counted.wordCount);
  }
  const { words } = await run(sources, options);
  expect(listed(words!) === all).toBe(true);
  const again = await run(sources, { ...options, workers: 1, startWorker: startLocalWorker });
  expect(again.events).toHaveLength(1);
  expect(listed(again.words!) === all).toBe(true);
  expect(storage.names()).toHaveLength(2); // progress and words
  const aborted = await run(sources, { preTokenizer, signal: AbortSignal.abort() });
  expect(aborted.events.at(-1)).toEqual({ type: 'count-end', reason: 'aborted' });
});

/** Aborts as soon as it is read. */
function abortWhenRead(source: TextSource, controller: AbortController): TextSource {
  return {
    ...source,
    async *read(start) {
      for await (const block of source.read(start)) {
        for (let at = 0; at < block.length; at += 2 ** 16) {
          controller.abort();
          yield block.subarray(at, at + 2 ** 16);
        }
      }
    },
  };
}

test('what a storage holds of another count is refused, with what differs', async () => {
  const storage = new MemoryRunStorage();
  const options = { preTokenizer, storage };
  await run([await source('to be')], options);
  const refusal = async (sources: TextSource[], other: CountWordsStepsOptions = {}) =>
    run(sources, { ...options, ...other }).then(
      () => 'none',
      (error: Error) => error.message,
    );
  const same = await source('to be');
  expect(await refusal([same])).toBe('none');
  expect(await refusal([await source('to be or')])).toBe(
    'countWords: progress.json is the progress of another count: the size of a.txt was 5 bytes, got 8 bytes. ' +
      'Give the same corpus and options, or another directory.',
  );
  expect(await refusal([same, same])).toContain('the number of files was 1, got 2');
  expect(await refusal([{ ...same, version: '2024' }])).toContain('the time when a.txt was changed was');
  expect(await refusal([{ ...same, name: 'b.txt' }])).toContain('file 1 was a.txt, got b.txt');
  expect(await refusal([same], { delimiter: ' ' })).toContain('delimiter was \\n, got  .');
  expect(await refusal([same], { preTokenizer: new ByteLevelPreTokenizer() })).toContain(
    'preTokenizer was {"type":"WhitespaceSplit"}, got {"type":"ByteLevel"',
  );
});

test('bytes that are not UTF-8 are named by place, or replaced', async () => {
  const bytes = new TextEncoder().encode(text);
  const at = 500_000;
  bytes.set([0x20, 0xe4, 0xb8, 0x20], at);
  for (const options of [{}, { workers: 1, startWorker: startLocalWorker }]) {
    await expect(run([await source(bytes)], options)).rejects.toThrow(
      `countWords: a.txt must be UTF-8, got bytes e4 b8 20`,
    );
    await expect(run([await source(bytes)], options)).rejects.toThrow(`at byte ${at + 1}.`);
  }
  const { words } = await run([await source(bytes)], { preTokenizer, invalidUtf8: 'replace' });
  expect(new Map(words!).get('\ufffd')).toBe(1);
});

test('options and texts that cannot be used are refused by name', async () => {
  const refused: [CountWordsStepsOptions, string][] = [
    [{ workers: -1 }, 'workers must be an integer from 0, got -1.'],
    [{ workers: 1 }, 'startWorker must be given with workers'],
    [{ delimiter: '' }, 'delimiter must be at least one character'],
    [{ memoryLimit: 2 ** 20 }, 'storage must be given with memoryLimit'],
    [
      { memoryLimit: 2 ** 16, storage: new MemoryRunStorage(), workers: 2, startWorker: startLocalWorker },
      'memoryLimit must be at least 131072',
    ],
    [{ runInterval: 0 }, 'runInterval must be a positive number'],
    [
      {
        workers: 1,
        startWorker,
        preTokenizer: { type: 'Mine', split() {}, toJSON: () => ({ type: 'Mine' }) },
      },
      'preTokenizer must be one that is supported',
    ],
  ];
  for (const [options, message] of refused) await expect(run('a', options)).rejects.toThrow(message);
  await expect(run([1 as never], {})).rejects.toThrow('corpus must be a string, got 1.');
  await expect(run(lines, { workers: 2, startWorker: startEndingWorker })).rejects.toThrow(
    'a worker must go on, got exit code 3',
  );
  const split = new SplitPreTokenizer(new LiteralPattern('x'), { behavior: 'Removed' });
  const { words } = await run('axbxa', { preTokenizer: split, workers: 1, startWorker: startLocalWorker });
  expect([...words!]).toEqual([['a', 2], ['b', 1]]); // biome-ignore format: a list
});

test('who stops listening stops the count', async () => {
  let read = 0;
  const texts = (function* () {
    for (const line of lines) {
      read++;
      yield line;
    }
    for (;;) yield 'endless ';
  })();
  for await (const event of countWordsSteps(texts, {
    preTokenizer,
    workers: 1,
    startWorker: startLocalWorker,
  })) {
    expect(event.type).toBe('count-progress');
    break;
  }
  expect(read).toBeGreaterThan(0);
});
