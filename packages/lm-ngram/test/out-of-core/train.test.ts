import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  absoluteDiscounting,
  corpusOfIds,
  katz,
  kneserNey,
  MemoryRunStorage,
  maximumLikelihood,
  NgramVocabulary,
  type RunStorage,
  stupidBackoff,
  type TrainOutOfCoreOptions,
  trainNgramModel,
  trainNgramsOutOfCore,
  wittenBell,
  writeArpa,
} from '../../src/index.ts';
import { arpaOf, lastOf } from './last-of.ts';
import { startLocalWorker } from './start-local-worker.ts';

type Sentences = readonly (readonly string[])[];

const train = (corpus: Parameters<typeof trainNgramsOutOfCore>[0], options: TrainOutOfCoreOptions) =>
  lastOf(trainNgramsOutOfCore(corpus, options));

const words = ['a', 'b', 'c', 'd', '北', '京', '天安门', '<unk>'];
const corpora = (units: readonly string[]) =>
  fc.array(fc.array(fc.constantFrom(...units), { maxLength: 12 }), { minLength: 1, maxLength: 30 });

/** Text with some structure: a word depends on the one before. */
function manySentences(count: number, vocabSize: number): string[][] {
  let state = 7;
  const draw = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => {
    const sentence: string[] = [];
    let word = draw(vocabSize);
    for (let length = draw(12); length > 0; length--) {
      sentence.push(`w${word}`);
      word = draw(3) === 0 ? draw(vocabSize) : (word * 7 + draw(3)) % vocabSize;
    }
    return sentence;
  });
}

/** Remembers what was created. */
class WatchedStorage extends MemoryRunStorage {
  readonly created: string[] = [];

  override create(name: string) {
    this.created.push(name);
    return super.create(name);
  }
}

describe('training out of core', () => {
  test('gives the ARPA text of training in memory, whatever the corpus, the order, the method and the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(corpora(words), corpora(['北'])),
        fc.record({
          order: fc.integer({ min: 1, max: 7 }),
          prune: fc.constantFrom([0], [0, 1], [0, 0, 1], [0, 1, 2]),
          smoothing: fc.constantFrom(
            kneserNey(),
            kneserNey({ modified: false }),
            absoluteDiscounting(),
            wittenBell(),
            maximumLikelihood(),
            stupidBackoff(),
          ),
          limitVocabulary: fc.constantFrom(undefined, ['a', 'b', '北']),
          boundaries: fc.boolean(),
        }),
        fc.constantFrom(1, 3000, 2 ** 22),
        fc.integer({ min: 0, max: 2 }),
        async (corpus: Sentences, { limitVocabulary, ...rest }, memoryLimit, workers) => {
          fc.pre(rest.boundaries || corpus.some((sentence) => sentence.length > 0));
          const options = { ...rest, ...(limitVocabulary && { limitVocabulary }) };
          const model = trainNgramModel(corpus, options);
          const given = { ...options, memoryLimit, workers, startWorker: startLocalWorker };
          const ngrams = await train(corpus, { ...given, resumes: workers === 1 });
          expect(await arpaOf(ngrams)).toBe([...writeArpa(model)].join(''));
          const loaded = await ngrams.toModel();
          expect(loaded.logBackoffs).toEqual(model.logBackoffs);
          expect(loaded.trie.firstChildren).toEqual(model.trie.firstChildren);
          expect(loaded.logProbabilities.subarray(1)).toEqual(model.logProbabilities.subarray(1));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('merges runs that are too many for one merge, and buckets that are many', async () => {
    const corpus = manySentences(600, 5000);
    const storage = new WatchedStorage();
    const options = { order: 4, prune: [0, 0, 1] };
    const ngrams = await train(corpus, { ...options, memoryLimit: 2 ** 12, storage });
    const made = (pattern: RegExp) => storage.created.filter((name) => pattern.test(name)).length;
    expect(made(/^counts-/)).toBeGreaterThan(100);
    expect(made(/^merged-1-.*counts/)).toBeGreaterThan(0);
    expect(made(/^order-4-.*run$/)).toBeGreaterThan(50);
    expect(made(/^shares-4-/)).toBeGreaterThan(50);
    expect(made(/^logs-2-/)).toBeGreaterThan(10);
    expect(await arpaOf(ngrams)).toBe([...writeArpa(trainNgramModel(corpus, options))].join(''));
    const left = storage
      .names()
      .filter((name) => !/^(ngrams|probabilities|backoffs)-|json$|^unigrams$/.test(name));
    expect(left).toEqual([]);
  });

  test('takes texts of ids, async sentences and a vocabulary of its own', async () => {
    const corpus = manySentences(50, 20);
    const vocabulary = NgramVocabulary.of(corpus.slice(0, 20).flat());
    const expected = [...writeArpa(trainNgramModel(corpus, { order: 3, vocabulary }))].join('');
    const ids = corpusOfIds(
      corpus.map((sentence) => vocabulary.encode(sentence)),
      vocabulary,
    );
    expect(await arpaOf(await train(ids, { order: 3 }))).toBe(expected);
    const sentences = (async function* () {
      yield* corpus;
    })();
    expect(await arpaOf(await train(sentences, { order: 3, vocabulary }))).toBe(expected);
  });

  test('goes on from every point at which the storage may fail, and never reads half a file', async () => {
    const corpus = manySentences(60, 30);
    const source = () => ({
      ...corpusOfIds(
        corpus.map((sentence) => vocabulary.encode(sentence)),
        vocabulary,
      ),
      identity: 'sixty sentences',
    });
    const vocabulary = NgramVocabulary.of(corpus.flat());
    const options = { order: 3, memoryLimit: 2 ** 14 };
    const expected = [...writeArpa(trainNgramModel(corpus, { order: 3, vocabulary }))].join('');
    const storage = new MemoryRunStorage();
    let failures = 0;
    for (let allowed = 1; ; allowed += 3) {
      let left = allowed;
      const failing: RunStorage = {
        create: (name) => {
          const file = storage.create(name);
          return {
            ...file,
            write: (bytes) => {
              if (left-- <= 0) throw new Error('ENOSPC: no space left on device, write');
              file.write(bytes);
            },
          };
        },
        open: (name) => storage.open(name),
        remove: (name) => storage.remove(name),
        names: () => storage.names(),
      };
      try {
        const ngrams = await train(source(), { ...options, storage: failing });
        expect(await arpaOf(ngrams)).toBe(expected);
        break;
      } catch (error) {
        expect((error as Error).message).toContain('ENOSPC');
        failures++;
      }
    }
    expect(failures).toBeGreaterThan(5);
    // A finished training is read again as it is.
    expect(await arpaOf(await train(source(), { ...options, storage }))).toBe(expected);
    await expect(train(source(), { ...options, order: 4, storage })).rejects.toThrow(
      'order 3 before and 4 now',
    );
    await expect(train(source(), { ...options, smoothing: wittenBell(), storage })).rejects.toThrow(
      'smoothing "modified Kneser-Ney" before and "Witten-Bell" now',
    );
  });

  test('does not take a storage with another corpus for this one', async () => {
    const storage = new MemoryRunStorage();
    await train([['a', 'b']], { order: 2, storage, resumes: true });
    const corpus = [['c'], ['c', 'd']];
    const expected = [...writeArpa(trainNgramModel(corpus, { order: 2 }))].join('');
    expect(await arpaOf(await train(corpus, { order: 2, storage }))).toBe(expected);
    expect(storage.names()).not.toContain('progress.json');
  });

  test('reports stages in turn, and stops where it is told to', async () => {
    const corpus = manySentences(20_000, 3000);
    const controller = new AbortController();
    const stages: string[] = [];
    let last = '';
    for await (const event of trainNgramsOutOfCore(corpus, { order: 3, signal: controller.signal })) {
      last = event.type === 'progress' ? event.stage : event.reason;
      if (stages.at(-1) !== last) stages.push(last);
      if (event.type === 'progress' && event.stage !== 'read') controller.abort();
    }
    expect(stages).toEqual(['read', 'count', 'aborted']);
  });

  test('says what is wrong', async () => {
    const wrong = (corpus: Sentences, options: Partial<TrainOutOfCoreOptions>, text: string) =>
      expect(train(corpus, { order: 2, ...options })).rejects.toThrow(`trainNgramsOutOfCore: ${text}`);
    await wrong([], {}, 'texts must hold at least one word, got none.');
    await wrong(
      [['a', '<s>']],
      {},
      'texts must hold words other than <s> and </s>, got "<s>" at 1 of text 0.',
    );
    await wrong([['a']], { order: 0 }, 'order must be an integer from 1 to 255, got 0.');
    await wrong([['a']], { prune: [1] }, 'prune must begin with 0');
    await wrong([['a']], { memoryLimit: 0 }, 'memoryLimit must be more than 0, got 0.');
    await wrong([['a']], { workers: 2 }, 'startWorker must be given');
    await wrong([['a']], { smoothing: katz() }, 'smoothing must look at one context at a time, got Katz');
    const ends = () => new Worker('process.exit(3)', { eval: true });
    await wrong([['a']], { workers: 1, startWorker: ends }, 'a worker must go on, got exit code 3.');
  });
});
