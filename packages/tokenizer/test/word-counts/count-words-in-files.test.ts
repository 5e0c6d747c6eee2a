import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  ByteLevelPreTokenizer,
  countWords,
  countWordsSteps,
  type RunStorage,
  WhitespaceSplitPreTokenizer,
} from '../../src/index.ts';
import { countWordsInFiles, FileRunStorage, fileSource } from '../../src/node.ts';
import { dataPath } from '../oracles.ts';
import { listed, madeUpText, mapOfWords } from './corpora.ts';
import { startLocalWorker } from './start-worker.ts';

const preTokenizer = new WhitespaceSplitPreTokenizer();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('words of files, compressed or not, are counted in bounded memory, and nothing stays behind', async () => {
  const text = madeUpText(500_000);
  const half = text.indexOf('\n', 250_000) + 1;
  const end = Buffer.from(text.slice(half));
  const gzip = Buffer.concat([gzipSync(end.subarray(0, 7)), gzipSync(end.subarray(7))]); // two members
  const paths = [await file('a.txt', text.slice(0, half)), await file('b.txt.gz', gzip)];
  const temporaryDirectory = join(folder, 'temporary');
  await mkdir(temporaryDirectory);
  const options = { preTokenizer, temporaryDirectory, memoryLimit: 2 ** 17 };
  for (const threads of [{}, { workers: 2, startWorker: startLocalWorker }]) {
    const words = await countWordsInFiles(paths, { ...options, ...threads });
    expect(listed(words) === listed(mapOfWords(text))).toBe(true);
    const frequent = words.select({ minCount: 3 });
    words.close();
    expect([...frequent].every(([, count]) => count >= 3)).toBe(true);
    expect(() => [...words]).toThrow('the words must not be read after close()');
    expect(await readdir(temporaryDirectory)).toEqual([]);
  }
  const reason = new Error('enough');
  await expect(countWordsInFiles(paths, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  await expect(countWordsInFiles([join(folder, 'none.txt')], options)).rejects.toThrow('ENOENT');
  await expect(countWordsInFiles([], options)).rejects.toThrow('paths must be an array of at least one path');
  const cut = await file('cut.gz', gzip.subarray(0, -20));
  await expect(countWordsInFiles([cut], options)).rejects.toThrow(/cut\.gz must be a whole gzip file/);
  expect(await readdir(temporaryDirectory)).toEqual([]);
});

const books = [
  'english-books/moby-dick.txt',
  'cmrc2018/zhwiki-contexts.txt',
  'chinese-poetry/poems.txt',
].flatMap((name) => dataPath(name) ?? []);

test.skipIf(books.length === 0)(
  'pieces of English and Chinese books are those counted in memory',
  async () => {
    const options = { preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }) };
    const texts = await Promise.all(books.map((path) => readFile(path, 'utf8')));
    const expected = countWords(
      texts.flatMap((text) => text.split(/(?<=\n)/)),
      options,
    );
    using words = await countWordsInFiles(books, { ...options, memoryLimit: 2 ** 20 });
    expect(words.wordCount).toBe(expected.wordCount);
    expect(listed(words) === listed(expected)).toBe(true);
  },
);

test('a file that changed is refused, before and while it is read', async () => {
  const path = await file('a.txt', 'to be or not\n');
  const options = { preTokenizer, directory: join(folder, 'counts') };
  (await countWordsInFiles([path], options)).close();
  await utimes(path, new Date(0), new Date(0));
  await expect(countWordsInFiles([path], options)).rejects.toThrow(
    /progress\.json is the progress of another count: the time when .*a\.txt was changed was .*, got 1970-01-01T00:00:00\.000Z/,
  );
  const source = await fileSource(path);
  await appendFile(path, 'to be\n');
  await expect(countWordsSteps([source]).next()).rejects.toThrow(
    /a\.txt must not change while it is counted/,
  );
  await writeFile(join(options.directory, 'progress.json'), '{}');
  await expect(countWordsInFiles([path], options)).rejects.toThrow(
    'progress.json must be the progress of a count',
  );
});

/** A storage that fails at its `failing`-th action, and at all later ones, as when the process ends there. */
function failingStorage(storage: RunStorage, failing: number): RunStorage {
  let actions = 0;
  const act = <Result>(action: () => Result): Result => {
    if (++actions >= failing) throw new Error('the power went');
    return action();
  };
  return {
    async create(name) {
      const file = await act(() => storage.create(name));
      const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1);
      return {
        write(bytes) {
          if (actions + 1 === failing) file.write(half(bytes));
          act(() => file.write(bytes));
        },
        close: () => act(() => file.close()),
        discard: () => act(() => file.discard()),
      };
    },
    open: (name) => act(() => storage.open(name)),
    remove: (name) => act(() => storage.remove(name)),
    names: () => storage.names(),
  };
}

test('wherever a count is cut off, it goes on to the same result, and leaves only its result', async () => {
  const text = madeUpText(400_000);
  const sources = [await fileSource(await file('a.txt', text))];
  const expected = listed(mapOfWords(text));
  const directory = join(folder, 'counts');
  const count = async (storage: RunStorage) => {
    for await (const event of countWordsSteps(sources, { preTokenizer, storage, memoryLimit: 2 ** 18 })) {
      if (event.type === 'count-end' && event.reason === 'finished') return event.words;
    }
    throw new Error('no words');
  };
  let cuts = 0;
  // Each time it comes some actions further; what it had done before must count for something.
  for (let failing = 1; ; failing = Math.ceil(failing * 1.3)) {
    const storage = failingStorage(new FileRunStorage(directory), failing);
    const words = await count(storage).catch((error: Error) => error);
    if (!(words instanceof Error)) {
      expect(listed(words) === expected).toBe(true);
      words.close();
      break;
    }
    expect(words.message).toBe('the power went');
    cuts++;
  }
  expect(cuts).toBeGreaterThan(8);
  expect((await readdir(directory)).map((name) => name.replace(/^[\w-]+(?=\.words)/, '*')).sort()).toEqual([
    '*.words',
    'progress.json',
  ]);
});

test('a process that is killed, again and again, loses only what it did last', async () => {
  const text = madeUpText(1_500_000);
  const path = await file('a.txt', text);
  const directory = join(folder, 'counts');
  await mkdir(directory);
  const runsOf = async () => (await readdir(directory)).filter((name) => name.endsWith('.words')).length;
  const start = (): ChildProcess =>
    spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '-C',
        '@wordloom/source',
        fileURLToPath(new URL('count-in-process.ts', import.meta.url)),
        directory,
        path,
      ],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), stdio: 'inherit' },
    );
  let killed = 0;
  for (const wait of [0, 30]) {
    const before = await runsOf();
    const child = start();
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while ((await runsOf()) <= before + 1 && child.exitCode === null) await sleep(5);
    await sleep(wait); // so that it is cut off somewhere else
    child.kill('SIGKILL');
    await ended;
    if (child.signalCode === 'SIGKILL') killed++;
  }
  expect(killed).toBeGreaterThan(0); // a busy machine may be too late for one
  const words = await countWordsInFiles([path], { preTokenizer, directory });
  expect(listed(words) === listed(mapOfWords(text))).toBe(true);
  words.close();
});
