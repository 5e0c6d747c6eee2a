import { describe, expect, test } from 'vitest';
import {
  type Cooccurrence,
  type Cooccurrences,
  continueGlove,
  cosineSimilarity,
  countCooccurrences,
  decodeGloveModel,
  encodeGloveModel,
  type GloveModel,
  type GloveTrainingEvent,
  resumeGlove,
  type Sentences,
  type TrainGloveOptions,
  trainGlove,
} from '../../src/index.ts';
import { createRandomSource } from '../../src/random-source.ts';

/** Sentences of words of one topic each, and words that all of them have. */
function drawTopics(count: number, seed = 3): string[][] {
  const random = createRandomSource(seed);
  const pick = (words: number): number => Math.floor(words * random() ** 2);
  return Array.from({ length: count }, () => {
    const topic = 'abcd'[Math.floor(4 * random())]!;
    return Array.from({ length: 12 }, () => (random() < 0.3 ? `the${pick(40)}` : `${topic}${pick(150)}`));
  });
}

const SENTENCES = drawTopics(500);
/** More than a block of pairs. */
const MORE = drawTopics(2200);
const SMALL: TrainGloveOptions = { size: 10, epochs: 3, window: 8, progressInterval: 0 };

async function collect(events: AsyncIterable<GloveTrainingEvent>): Promise<GloveTrainingEvent[]> {
  const all: GloveTrainingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function modelOf(events: readonly GloveTrainingEvent[]): GloveModel {
  const end = events.at(-1)!;
  if (end.type !== 'training-end') throw new Error('no end');
  return end.model;
}

function lossesOf(events: readonly GloveTrainingEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'epoch-end' ? [event.loss] : []));
}

/** All numbers of a model, to be compared at once. */
function bytesOf({ table, biases, squares, biasSquares }: GloveModel): string {
  return [table, biases, squares, biasSquares]
    .map(({ buffer }) => Buffer.from(buffer).toString('base64'))
    .join();
}

/** A line for each pair, sorted. */
async function linesOf(cooccurrences: Cooccurrences): Promise<string> {
  const lines: string[] = [];
  for await (const { word, context, count } of cooccurrences) {
    lines.push(`${word} ${context} ${count.toFixed(9)}`);
  }
  return lines.sort().join('\n');
}

test('a hand-counted line: each pair within the window, by one over its distance', async () => {
  const cooccurrences = await countCooccurrences('a b a c\nb', { minCount: 1, window: 2 });
  const found: Cooccurrence[] = [];
  for await (const entry of cooccurrences) found.push(entry);
  expect(Object.fromEntries(found.map(({ word, context, count }) => [`${word}${context}`, count]))).toEqual({
    ...{ aa: 1, ab: 2, ba: 2, ac: 1, ca: 1, bc: 0.5, cb: 0.5 },
  });
  const before = await countCooccurrences('a b a c\nb', { minCount: 1, window: 2, symmetric: false });
  expect((await linesOf(before)).replaceAll('0000000', '')).toBe(
    'a a 0.50\na b 1.00\nb a 1.00\nc a 1.00\nc b 0.50',
  );
});

test('windows go on in sentences of any length, and rare words are as if they had not been written', async () => {
  const words = drawTopics(900).flat();
  expect(words.length).toBeGreaterThan(10_000);
  const counts = new Map<string, number>();
  const add = (left: string, right: string, distance: number): void => {
    counts.set(`${left} ${right}`, (counts.get(`${left} ${right}`) ?? 0) + 1 / distance);
  };
  for (let at = 0; at < words.length; at++) {
    for (let distance = 1; distance <= Math.min(3, at); distance++) {
      add(words[at]!, words[at - distance]!, distance);
      add(words[at - distance]!, words[at]!, distance);
    }
  }
  const expected = Array.from(counts, ([pair, count]) => `${pair} ${count.toFixed(9)}`)
    .sort()
    .join('\n');
  const options = { window: 3, minCount: 2 };
  expect(await linesOf(await countCooccurrences([words], { ...options, minCount: 1 }))).toBe(expected);
  const rare = words.flatMap((word, at) => (at % 5 === 0 ? [word, `rare${at}`] : [word]));
  expect(await linesOf(await countCooccurrences([rare], options))).toBe(
    await linesOf(await countCooccurrences([words], options)),
  );
});

test('the order of pairs looks drawn, depends on the seed, and has each pair once', async () => {
  const order = async (seed: number): Promise<string[]> => {
    const pairs: string[] = [];
    for await (const { word, context } of await countCooccurrences(SENTENCES, { seed, symmetric: false })) {
      pairs.push(`${word} ${context}`);
    }
    return pairs;
  };
  const [one, two] = [await order(1), await order(2)];
  expect(one.join()).not.toBe(two.join());
  expect(new Set(one).size).toBe(one.length);
  expect(one.toSorted().join()).toBe(two.toSorted().join());
  // Of neighbors in the order, hardly more share a word than of any two pairs.
  const shares = (pairs: readonly string[]): number =>
    pairs.filter((pair, at) => pair.split(' ')[0] === pairs[at + 1]?.split(' ')[0]).length / pairs.length;
  expect(shares(one)).toBeLessThan(3 * shares(one.map((_, at) => one[(at * 7919) % one.length]!)));
});

test('words of like contexts come near each other, and the loss falls', async () => {
  // Sentences walk about a ring of words, in small steps.
  const random = createRandomSource(5);
  const ring = Array.from({ length: 1000 }, () => {
    let at = Math.floor(60 * random());
    return Array.from({ length: 20 }, () => {
      at += Math.floor(5 * random()) - 2;
      return `w${(at + 60) % 60}`;
    });
  });
  const events = await collect(trainGlove(ring, { ...SMALL, epochs: 25, xMax: 10 }));
  const losses = lossesOf(events);
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
  for (const kind of ['sum', 'word', 'concatenated'] as const) {
    const vectors = modelOf(events).vectorsAs(kind);
    const meanAt = (distance: number): number =>
      Array.from({ length: 60 }, (_, at) =>
        cosineSimilarity(vectors.vectorOf(`w${at}`), vectors.vectorOf(`w${(at + distance) % 60}`)),
      ).reduce((sum, cosine) => sum + cosine / 60, 0);
    expect(meanAt(1)).toBeGreaterThan(meanAt(20) + 0.2);
    expect(vectors.size).toBe(kind === 'concatenated' ? 20 : 10);
  }
});

test('any number of workers learns the same bits, with the same losses', async () => {
  const cooccurrences = await countCooccurrences(MORE, { window: 8, minCount: 1 });
  expect(cooccurrences.recordCount).toBeGreaterThan(32_768); // more than one block
  const runs = await Promise.all(
    [1, 1, 2, 3].map((workers) => collect(trainGlove(cooccurrences, { ...SMALL, workers }))),
  );
  for (const events of runs) {
    expect(bytesOf(modelOf(events))).toBe(bytesOf(modelOf(runs[0]!)));
    expect(lossesOf(events)).toEqual(lossesOf(runs[0]!));
  }
});

test('sentences of every kind, and cooccurrences counted before, are trained on alike', async () => {
  const lines = SENTENCES.map((words) => words.join(' '));
  async function* stream(): AsyncGenerator<string> {
    yield* lines;
  }
  const corpora: [Sentences, TrainGloveOptions][] = [
    [lines, {}],
    [lines.join('\n'), {}],
    [lines.values(), {}],
    [{ [Symbol.asyncIterator]: stream }, { maxCachedWords: 1000 }],
  ];
  const expected = bytesOf(modelOf(await collect(trainGlove(SENTENCES, SMALL))));
  for (const [corpus, options] of corpora) {
    expect(bytesOf(modelOf(await collect(trainGlove(corpus, { ...SMALL, ...options }))))).toBe(expected);
  }
  const cooccurrences = await countCooccurrences(SENTENCES, { window: 8 });
  expect(bytesOf(modelOf(await collect(trainGlove(cooccurrences, SMALL))))).toBe(expected);
});

describe('training that was interrupted', () => {
  test('goes on to the same numbers', async () => {
    const whole = await collect(trainGlove(MORE, { ...SMALL, epochs: 2, checkpointEvery: 60_000 }));
    const models = whole.flatMap((event) => (event.type === 'checkpoint-end' ? [event.model] : []));
    expect(models.length).toBeGreaterThan(1);
    for (const model of models.slice(0, 2)) {
      expect(model.isFinished).toBe(false);
      const resumed = modelOf(await collect(resumeGlove(model, MORE, { workers: 2 })));
      expect(bytesOf(resumed)).toBe(bytesOf(modelOf(whole)));
      expect(resumed.position).toEqual(modelOf(whole).position);
    }
  });

  test('by its signal ends with what it has learned, or while it counts with the signal’s reason', async () => {
    const controller = new AbortController();
    const events: GloveTrainingEvent[] = [];
    for await (const event of trainGlove(SENTENCES, { ...SMALL, epochs: 1000, signal: controller.signal })) {
      events.push(event);
      if (event.type === 'progress-update' && event.epoch === 2) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'training-end', reason: 'aborted' });
    expect(modelOf(events).position.epoch).toBe(1);
    await expect(countCooccurrences(SENTENCES, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  test('refuses another corpus', async () => {
    const events = await collect(trainGlove(SENTENCES, { ...SMALL, checkpointEvery: 10_000 }));
    const { model } = events.find(({ type }) => type === 'checkpoint-end') as { model: GloveModel };
    await expect(collect(resumeGlove(model, SENTENCES.slice(0, 10)))).rejects.toThrow(
      /resumeGlove: the corpus must be the one that training began with, of \d+ pairs, got \d+\./,
    );
  });
});

test('a model is trained on with new text and new words, from where it stands', async () => {
  const model = modelOf(await collect(trainGlove(SENTENCES, SMALL)));
  const before = model.table.slice();
  const more = drawTopics(200, 9).map((words) => words.map((word) => word.replace('d', 'e')));
  const still = await collect(continueGlove(model, more, { learningRate: 0 }));
  const grown = modelOf(still);
  const [known, size] = [model.vocabulary.words.length, model.settings.size];
  expect(grown.vocabulary.words.slice(0, known)).toEqual(model.vocabulary.words);
  expect(grown.vectors.has('e0')).toBe(true);
  const half = known * size;
  expect(grown.table.subarray(0, half)).toEqual(before.subarray(0, half));
  const contexts = grown.vocabulary.words.length * size;
  expect(grown.table.subarray(contexts, contexts + half)).toEqual(before.subarray(half));
  const kept = modelOf(await collect(continueGlove(model, more, { growVocabulary: false, epochs: 1 })));
  expect(kept.vocabulary.words).toEqual(model.vocabulary.words);
  expect(model.table).toEqual(before);
});

test('counts of more text are added to those there are, as if both had been counted at once', async () => {
  const [first, second] = [SENTENCES.slice(0, 300), SENTENCES.slice(300)];
  const base = await countCooccurrences(first, { minCount: 1, window: 8 });
  const both = await countCooccurrences(second, { base, minCount: 1 });
  expect(both.vocabulary.words.slice(0, base.vocabulary.words.length)).toEqual(base.vocabulary.words);
  const whole = await countCooccurrences(SENTENCES, { minCount: 1, window: 8 });
  expect(await linesOf(both)).toBe(await linesOf(whole));
  expect(both.pairs).toBe(whole.pairs);
  // A model of the first counts goes on with the sum of both.
  const model = modelOf(await collect(trainGlove(base, SMALL)));
  const grown = modelOf(await collect(continueGlove(model, both)));
  expect(grown.vocabulary).toBe(both.vocabulary);
});

test('a model is written and read, and goes on from there; broken files are refused by the byte', async () => {
  const events = await collect(trainGlove(SENTENCES, { ...SMALL, checkpointEvery: 10_000 }));
  const { model } = events.find(({ type }) => type === 'checkpoint-end') as { model: GloveModel };
  const file = Buffer.concat([...encodeGloveModel(model)]);
  const read = decodeGloveModel(file);
  expect(bytesOf(read)).toBe(bytesOf(model));
  expect([read.settings, read.counting, read.position]).toEqual([
    model.settings,
    model.counting,
    model.position,
  ]);
  expect(bytesOf(modelOf(await collect(resumeGlove(read, SENTENCES))))).toBe(bytesOf(modelOf(events)));
  expect(() => decodeGloveModel(file.subarray(0, file.length - 1), 'x.model')).toThrow(
    `x.model, byte ${file.length - 1}`,
  );
  expect(() => decodeGloveModel(file.subarray(0, 7))).toThrow('byte 7');
  const text = file.toString('latin1');
  for (const [good, bad] of [
    ['"squares"', '"squarez"'],
    ['glove-model', 'glove-modem'],
    ['epochs', 'epochz'],
    ['totalPairs', 'totalPairz'],
    [',10]', ',11]'],
  ]) {
    expect(text).toContain(good);
    expect(() => decodeGloveModel(Buffer.from(text.replace(good!, bad!), 'latin1'))).toThrow(/must/);
  }
});

test('evaluation sees the vectors at each epoch, and between them where asked', async () => {
  const sizes: number[] = [];
  const events = await collect(
    trainGlove(SENTENCES, { ...SMALL, evaluateEvery: 10_000, evaluate: ({ size }) => sizes.push(size) }),
  );
  expect(sizes.length).toBeGreaterThan(3);
  expect(events.filter(({ type }) => type === 'evaluation-end')).toHaveLength(sizes.length);
});

test.each<[string, Sentences, object]>([
  ['the corpus must be a text or an iterable of sentences, got 5.', 5 as never, {}],
  ['some words must be in the corpus at least minCount = 5 times, got none. Lower minCount.', 'a b', {}],
  ['trainGlove: size must be an integer of at least 1, got 0.', SENTENCES, { size: 0 }],
  ['window must be an integer of at least 1, got 1.5.', SENTENCES, { window: 1.5 }],
  ['trainGlove: xMax must be a number of at least 5e-324, got 0.', SENTENCES, { xMax: 0 }],
  [
    'trainGlove: vectors must be "sum" or "word" or "concatenated", got "main".',
    SENTENCES,
    { vectors: 'main' },
  ],
  ['trainGlove: workers must be an integer of at least 1, got 0.', SENTENCES, { workers: 0 }],
  [
    'countCooccurrences: counts must fit memory = 1000 bytes.',
    [Array.from({ length: 3000 }, (_, at) => `w${at}`)],
    { minCount: 1, memory: 1000 },
  ],
  ['trainGlove: the loss must stay finite, got', SENTENCES, { learningRate: 1e30, gradientClip: 1e30 }],
  ['trainGlove: rows must fit 4 GiB, got ', SENTENCES, { size: 9_000_000 }],
])('refuses: %s', async (message, corpus, options) => {
  await expect(collect(trainGlove(corpus, { ...SMALL, ...options }))).rejects.toThrow(message);
});
