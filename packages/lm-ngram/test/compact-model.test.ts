import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChildDirectory } from '../src/compact/child-directory.ts';
import { packNumbers } from '../src/compact/packed-bits.ts';
import {
  type ByteSource,
  CompactModel,
  createRandomSource,
  decodeCompact,
  encodeCompact,
  generateWords,
  likelyNextWords,
  nextWordDistribution,
  openHttpSource,
  openRemoteModel,
  trainNgramModel,
} from '../src/index.ts';
import { openCompactFile, openFileSource } from '../src/node.ts';

const corpora = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', '\n', '京'), { maxLength: 8 }), {
  minLength: 1,
  maxLength: 12,
});

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  length: bytes.length,
  async read(start, length) {
    if (start + length > bytes.length) throw new RangeError('read past the end');
    return bytes.slice(start, start + length);
  },
});

test('children are where the bits that count them say', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(3), fc.nat(40))), (counts) => {
      const bits = counts.flatMap((count) => [...new Array<number>(count).fill(1), 0]);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const packed = packNumbers(bits, 1);
      const directory = new ChildDirectory(packed, counts.length, total);
      let start = 0;
      for (const [context, count] of counts.entries()) {
        expect([directory.startOf(context), directory.endOf(context)]).toEqual([start, start + count]);
        start += count;
      }
      if (total > 0)
        expect(() => new ChildDirectory(packed, counts.length + 1, total - 1)).toThrow('there must be');
    }),
    { numRuns: 200 },
  );
});

test('a file asked as it is, from memory or in parts, answers as the unpacked model', async () => {
  await fc.assert(
    fc.asyncProperty(
      corpora,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 13 }),
      fc.array(fc.nat(6), { maxLength: 9 }),
      fc.integer({ min: 1, max: 64 }),
      async (corpus, order, bits, words, blockSize) => {
        const options = { probabilityBits: bits, backoffBits: 14 - bits };
        const bytes = encodeCompact(trainNgramModel(corpus, { order }), options);
        const unpacked = decodeCompact(bytes);
        const inPlace = new CompactModel(bytes);
        const remote = await openRemoteModel(sourceOf(bytes), { blockSize, cacheBytes: 4 * blockSize });
        let state = unpacked.sentenceStart;
        let contexts = inPlace.sentenceStart;
        let remoteState = remote.sentenceStart;
        for (const word of words.filter((id) => id < unpacked.vocabulary.size)) {
          const expected = unpacked.score(state, word);
          const { log10Probability } = expected;
          const found = inPlace.score(contexts, word);
          expect(found).toMatchObject({ log10Probability, order: expected.order });
          expect(await remote.score(remoteState, word)).toEqual(found);
          ({ state } = expected);
          ({ state: contexts } = found);
          remoteState = contexts;
          expect(inPlace.contextsOf(contexts)).toEqual(unpacked.contextsOf(state));
        }
        expect(nextWordDistribution(inPlace, contexts)).toEqual(nextWordDistribution(unpacked, state));
        const likely = likelyNextWords(unpacked, state, 4);
        expect(likelyNextWords(inPlace, contexts, 4)).toEqual(likely);
        expect(await remote.likelyNextWords(remoteState, 4)).toEqual(likely);
        expect([...generateWords(inPlace, { seed: bits })]).toEqual([
          ...generateWords(unpacked, { seed: bits }),
        ]);
      },
    ),
    { numRuns: 100 },
  );
});

const random = createRandomSource(3);
const words = Array.from({ length: 20_000 }, () => `w${Math.floor(500 * random() ** 2)}`);
const sentences = Array.from({ length: 2000 }, (_, index) => words.slice(index * 10, index * 10 + 10));
const model = trainNgramModel(sentences, { order: 4 });
const bytes = encodeCompact(model);
const ids = model.vocabulary.encode(words.slice(0, 50));
const unpacked = decodeCompact(bytes).scoreAll(ids);

test('a damaged file is refused, or asked, but ends', () => {
  const small = encodeCompact(
    trainNgramModel(
      [
        ['a', 'b'],
        ['b', 'a', 'c'],
      ],
      { order: 3 },
    ),
  );
  for (let length = 0; length < small.length; length++) {
    expect(() => new CompactModel(small.subarray(0, length))).toThrow(
      /^decodeCompact: compact model, byte \d+: /,
    );
  }
  fc.assert(
    fc.property(fc.nat(small.length - 1), fc.nat(255), (at, byte) => {
      const damaged = small.slice();
      damaged[at] = byte;
      let read: CompactModel;
      try {
        read = new CompactModel(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        return;
      }
      const { state } = read.score(read.score(read.sentenceStart, 3).state, 4);
      likelyNextWords(read, state, 5);
    }),
    { numRuns: 1500 },
  );
});

describe('a file', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lm-ngram-'));
    path = join(folder, 'm.ngram');
    await writeFile(path, bytes);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is asked without being loaded', async () => {
    const source = await openFileSource(path);
    try {
      const remote = await openRemoteModel(source, { blockSize: 512 });
      expect((await remote.scoreAll(ids)).log10Probability).toBe(unpacked.log10Probability);
    } finally {
      await source.close();
    }
    await expect(openFileSource(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test('is asked by several threads in one memory', async () => {
    const shared = await openCompactFile(path, { shared: true });
    expect(shared.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    const entry = new URL('../src/index.ts', import.meta.url).href;
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))};
      register();
      const { CompactModel } = await import(${JSON.stringify(entry)});
      const model = new CompactModel(workerData.bytes);
      let state = model.emptyState, sum = 0;
      for (const word of workerData.ids) {
        const score = model.score(state, word);
        sum += score.log10Probability;
        state = score.state;
      }
      parentPort.postMessage(sum);`;
    const sums = await Promise.all(
      [0, 1].map(
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
              workerData: { bytes: shared.bytes, ids },
            });
            worker.on('message', resolve).on('error', reject);
          }),
      ),
    );
    expect(sums).toEqual([unpacked.log10Probability, unpacked.log10Probability]);
  });
});

describe('a file on a server', () => {
  let server: Server;
  let address: string;
  let sent = 0;
  let version = '"1"';
  const answer = ({ url, headers }: IncomingMessage, response: ServerResponse) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
    if (url === '/none') return response.writeHead(404).end();
    if (url === '/whole' || !range) return response.writeHead(200).end(bytes);
    const part = bytes.subarray(Number(range[1]), Number(range[2]) + 1);
    sent += part.length;
    const contentRange = `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-range': contentRange, etag: version }).end(part);
  };
  beforeAll(async () => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.on('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('is asked by range requests, and little of it is sent', async () => {
    const remote = await openRemoteModel(await openHttpSource(`${address}/m`), { blockSize: 1024 });
    const few = ids.subarray(0, 5);
    expect((await remote.scoreAll(few)).log10Probability).toBe(
      decodeCompact(bytes).scoreAll(few).log10Probability,
    );
    expect(sent).toBeLessThan(bytes.length / 3);
    const state = model.score(model.emptyState, ids[0]!).state;
    const remoteState = (await remote.score(remote.emptyState, ids[0]!)).state;
    expect(await remote.likelyNextWords(remoteState, 3)).toEqual(
      likelyNextWords(decodeCompact(bytes), state, 3),
    );
  });

  test('is loaded at once where the server takes no ranges', async () => {
    const remote = await openRemoteModel(await openHttpSource(`${address}/whole`));
    expect((await remote.scoreAll(ids)).log10Probability).toBe(unpacked.log10Probability);
  });

  test('that is missing, or changes, is told so', async () => {
    await expect(openHttpSource(`${address}/none`)).rejects.toThrow(
      `${address}/none: the server answers 404`,
    );
    const remote = await openRemoteModel(await openHttpSource(`${address}/m`), { blockSize: 1024 });
    version = '"2"';
    await expect(remote.score(remote.sentenceStart, 5)).rejects.toThrow('has changed since it was opened');
    version = '"1"';
    expect((await remote.score(remote.sentenceStart, 5)).log10Probability).toBeLessThan(0);
    await expect(openRemoteModel(await openHttpSource(`${address}/m`), { blockSize: 0 })).rejects.toThrow(
      'blockSize must be a positive integer, got 0',
    );
  });
});
