import { describe, expect, test } from 'vitest';
import {
  continueWordVectors,
  cosineSimilarity,
  decodeWordVectorModel,
  encodeWordVectorModel,
  resumeWordVectors,
  type Sentences,
  type TrainWordVectorsOptions,
  trainWordVectors,
  type WordTrainingEvent,
  type WordVectorModel,
} from '../../src/index.ts';
import { createRandomSource } from '../../src/random-source.ts';

/** Sentences of words of one topic each, and words that all of them have. */
function drawTopics(count: number, seed = 3): string[][] {
  const random = createRandomSource(seed);
  const pick = (words: number): number => Math.floor(words * random() ** 2);
  return Array.from({ length: count }, () => {
    const topic = 'abcd'[Math.floor(4 * random())]!;
    return Array.from({ length: 12 }, () => (random() < 0.3 ? `the${pick(5)}` : `${topic}${pick(20)}`));
  });
}

const SENTENCES = drawTopics(1500);
const SMALL: TrainWordVectorsOptions = { size: 20, epochs: 2, sample: 0.01, progressInterval: 0 };

async function finish(events: AsyncIterable<WordTrainingEvent>): Promise<WordVectorModel> {
  for await (const event of events) if (event.type === 'training-end') return event.model;
  throw new Error('no end');
}

async function collect(events: AsyncIterable<WordTrainingEvent>): Promise<WordTrainingEvent[]> {
  const all: WordTrainingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function lossesOf(events: readonly WordTrainingEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'epoch-end' ? [event.loss] : []));
}

function topicGap({ vectors }: WordVectorModel): number {
  const near = cosineSimilarity(vectors.vectorOf('a0'), vectors.vectorOf('a1'));
  return near - cosineSimilarity(vectors.vectorOf('a0'), vectors.vectorOf('b0'));
}

describe.each(['skip-gram', 'cbow'] as const)('%s', (architecture) => {
  test.each(['negative-sampling', 'hierarchical-softmax'] as const)(
    'with %s tells topics apart',
    async (loss) => {
      const still = { learningRate: 0, minLearningRate: 0 };
      const chance = await collect(trainWordVectors(SENTENCES, { ...SMALL, architecture, loss, ...still }));
      for (const run of [{}, { workers: 2 }, { deterministic: true }]) {
        const rate = { learningRate: 0.1, epochs: 6 };
        const events = await collect(
          trainWordVectors(SENTENCES, { ...SMALL, ...rate, architecture, loss, ...run }),
        );
        const end = events.at(-1)!;
        expect(topicGap((end as WordTrainingEvent & { type: 'training-end' }).model)).toBeGreaterThan(0.4);
        expect(lossesOf(events).at(-1)).toBeLessThan(0.8 * lossesOf(chance)[0]!);
      }
    },
  );
});

test('one worker repeats itself, and in lock step any number of workers gives the same bits', async () => {
  const tables = await Promise.all(
    [
      {},
      {},
      { deterministic: true },
      { deterministic: true, workers: 2 },
      { deterministic: true, workers: 3 },
    ].map(async (run) => (await finish(trainWordVectors(SENTENCES, { ...SMALL, ...run }))).vectors.table),
  );
  expect(tables[1]).toEqual(tables[0]);
  expect(tables[3]).toEqual(tables[2]);
  expect(tables[4]).toEqual(tables[2]);
  expect(tables[2]).not.toEqual(tables[0]);
});

test('a text, sentences as text, an iterator, and a corpus that is read anew each time are trained on alike', async () => {
  const lines = SENTENCES.map((words) => words.join(' '));
  async function* stream(): AsyncGenerator<string> {
    yield* lines;
  }
  const corpora: [Sentences, TrainWordVectorsOptions][] = [
    [SENTENCES, {}],
    [lines, {}],
    [`${lines.join('\n')}\n\n`, {}],
    [lines.values(), {}],
    [stream(), {}],
    [{ [Symbol.asyncIterator]: stream }, { maxCachedWords: 1000 }],
  ];
  const tables = await Promise.all(
    corpora.map(
      async ([corpus, options]) =>
        (await finish(trainWordVectors(corpus, { ...SMALL, ...options }))).vectors.table,
    ),
  );
  for (const table of tables) expect(table).toEqual(tables[0]);
});

test('sentences of any length are read whole, and rare words are as if they had not been written', async () => {
  const sentence = drawTopics(1500).flat();
  const events = await collect(
    trainWordVectors([sentence, ['once'], [], ...SENTENCES], { ...SMALL, epochs: 1 }),
  );
  const start = events[0] as WordTrainingEvent & { type: 'training-start' };
  expect(start.vocabulary.rowOf('once')).toBeUndefined();
  expect(start.totalWords).toBe(start.vocabulary.total);
  const end = events.at(-1) as WordTrainingEvent & { type: 'training-end' };
  expect(end.model.position).toMatchObject({ words: start.totalWords, epoch: 1 });
});

test('the vocabulary has frequent words first, up to its size', async () => {
  const corpus = 'b a b c c c b\nd a c';
  const options = { ...SMALL, minCount: 2, maxVocabSize: 2 };
  const { vocabulary } = await finish(trainWordVectors(corpus, options));
  expect([vocabulary.words, [...vocabulary.counts], vocabulary.total]).toEqual([['c', 'b'], [4, 3], 7]);
});

describe('training that was interrupted', () => {
  test.each([{}, { deterministic: true, workers: 2 }])('goes on to the same numbers, %o', async (run) => {
    const options = { ...SMALL, ...run };
    const whole = await collect(trainWordVectors(SENTENCES, { ...options, checkpointEvery: 11_000 }));
    const models = whole.flatMap((event) => (event.type === 'checkpoint-end' ? [event.model] : []));
    expect(models.length).toBeGreaterThan(1);
    const end = whole.at(-1) as WordTrainingEvent & { type: 'training-end' };
    for (const model of models) {
      expect(model.isFinished).toBe(false);
      const resumed = await finish(resumeWordVectors(model, SENTENCES));
      expect(resumed.vectors.table).toEqual(end.model.vectors.table);
      expect(resumed.outputTable).toEqual(end.model.outputTable);
    }
  });

  test('by its signal ends with what it has learned', async () => {
    const controller = new AbortController();
    const options = { ...SMALL, epochs: 1000, signal: controller.signal };
    let model: WordVectorModel | undefined;
    for await (const event of trainWordVectors(SENTENCES, options)) {
      if (event.type === 'progress-update' && event.epoch === 2) controller.abort();
      if (event.type === 'training-end') {
        expect(event.reason).toBe('aborted');
        model = event.model;
      }
    }
    expect(model!.position.epoch).toBe(1);
    expect(model!.isFinished).toBe(false);
  });

  test('refuses another, shorter corpus', async () => {
    const events = await collect(trainWordVectors(SENTENCES, { ...SMALL, checkpointEvery: 12_000 }));
    const { model } = events.find(({ type }) => type === 'checkpoint-end') as {
      model: WordVectorModel;
    } & WordTrainingEvent;
    await expect(collect(resumeWordVectors(model, SENTENCES.slice(0, 10)))).rejects.toThrow(
      'resumeWordVectors: the corpus must be the one that training began with, which has at least 2 blocks, got 1.',
    );
  });
});

test.each<TrainWordVectorsOptions>([
  { loss: 'negative-sampling' },
  { loss: 'hierarchical-softmax', architecture: 'cbow' },
  { subwords: { minn: 1, maxn: 3, bucket: 100 } },
])(
  'a model is trained on with new text and new words: old words keep their rows, counts add up, %o',
  async (options) => {
    const model = await finish(trainWordVectors(SENTENCES, { ...SMALL, ...options }));
    const [before, known] = [model.inputTable.slice(), model.vocabulary.words];
    const more = drawTopics(500, 9).map((words) => words.map((word) => word.replace('d', 'e')));
    const grown = await finish(continueWordVectors(model, more, { learningRate: 1e-9, minLearningRate: 0 }));
    expect(grown.vocabulary.words.slice(0, known.length)).toEqual(known);
    expect(grown.vectors.has('e0')).toBe(true);
    const a0 = more.flat().filter((word) => word === 'a0').length;
    const countOf = ({ vocabulary }: WordVectorModel): number => vocabulary.counts[vocabulary.rowOf('a0')!]!;
    expect(countOf(grown)).toBe(countOf(model) + a0);
    expect(model.inputTable).toEqual(before);
    // At hardly any learning rate all rows, those of n-grams too, stand where they stood, between them those of new words.
    const { size } = model.settings;
    const place = (row: number): number =>
      row < known.length ? row : row + grown.vocabulary.words.length - known.length;
    for (let row = 0; row * size < before.length; row += 7) {
      const [x, y] = [before[row * size]!, grown.inputTable[place(row) * size]!];
      expect(y).toBeCloseTo(x, 5);
    }
    const kept = await finish(continueWordVectors(model, more, { growVocabulary: false }));
    expect(kept.vocabulary.words).toEqual(known);
  },
);

test('words that training did not see have vectors by their n-grams, near those of words that look alike', async () => {
  const random = createRandomSource(8);
  const draw = (): string => `${'abcd'[Math.floor(4 * random())]!}`;
  const sentences = Array.from({ length: 2000 }, () => {
    const stem = draw().repeat(4);
    return Array.from({ length: 8 }, () => `${stem}${Math.floor(20 * random())}`);
  });
  const subwords = { minn: 3, maxn: 4, bucket: 1000 };
  const model = await finish(trainWordVectors(sentences, { ...SMALL, subwords, epochs: 5, sample: 0 }));
  const [seen, other, unseen] = ['aaaa1', 'bbbb1', 'aaaa99'].map((word) => model.vectorOf(word));
  expect(cosineSimilarity(unseen!, seen!)).toBeGreaterThan(cosineSimilarity(unseen!, other!) + 0.3);
  expect(() => model.vectorOf('x')).not.toThrow(); // <x> is an n-gram
  expect(() => model.vectorOf('')).toThrow('WordVectorModel: no vector of "", which has no n-grams.');
});

test('a model is written and read, and goes on from there; broken files are refused by the byte', async () => {
  const options = { ...SMALL, subwords: { minn: 2, maxn: 3, bucket: 50 }, checkpointEvery: 12_000 };
  const events = await collect(trainWordVectors(SENTENCES, options));
  const checkpoint = events.find((event) => event.type === 'checkpoint-end')!;
  const file = Buffer.concat([...encodeWordVectorModel(checkpoint.model)]);
  const read = decodeWordVectorModel(file);
  expect(read).toEqual(checkpoint.model);
  const [end, resumed] = [events.at(-1)!, await finish(resumeWordVectors(read, SENTENCES))];
  expect(resumed).toEqual((end as WordTrainingEvent & { type: 'training-end' }).model);
  expect(() => decodeWordVectorModel(file.subarray(0, file.length - 1), 'x.model')).toThrow(
    `x.model, byte ${file.length - 1}`,
  );
  expect(() => decodeWordVectorModel(file.subarray(0, 7))).toThrow('byte 7');
  expect(() => decodeWordVectorModel(Buffer.from('{}'.padEnd(40)))).toThrow('byte 0');
  const text = file.toString('latin1');
  for (const [good, bad] of [
    ['"inputs"', '"inputz"'],
    ['[135,20]', '[134,20]'],
    ['word-vector-model', 'word-vector-modem'],
    ['epochs', 'epochz'],
  ]) {
    expect(text).toContain(good);
    expect(() => decodeWordVectorModel(Buffer.from(text.replace(good!, bad!), 'latin1'))).toThrow(/must/);
  }
});

test('evaluation sees the vectors at each epoch, and between them where asked', async () => {
  const options = { ...SMALL, evaluateEvery: 12_000, evaluate: topicGapOf };
  const events = await collect(trainWordVectors(SENTENCES, options));
  const results = events.filter(({ type }) => type === 'evaluation-end');
  expect(results.length).toBeGreaterThan(2);
  for (const event of results) expect(event).toMatchObject({ result: expect.any(Number) });
  function topicGapOf(vectors: WordVectorModel['vectors']): number {
    return topicGap({ vectors } as WordVectorModel);
  }
});

test('the loss starts at ln 2 for each output, as all scores are zero', async () => {
  const events = await collect(
    trainWordVectors(SENTENCES, { ...SMALL, learningRate: 0, minLearningRate: 0, negative: 3, exponent: 0 }),
  );
  const words = new Set(SENTENCES.flat()).size;
  for (const event of events) {
    if (event.type === 'epoch-end')
      expect(event.loss / Math.LN2).toBeCloseTo(1 + (3 * (words - 1)) / words, 1);
  }
});

test.each<[string, Sentences, object]>([
  ['trainWordVectors: the corpus must be a text or an iterable of sentences, got 5.', 5 as never, {}],
  ['trainWordVectors: sentence 1 must be an array of words or a text, got 7.', [7] as never, {}],
  ['trainWordVectors: words must be strings that are not empty, got "".', [['a', '']], {}],
  ['trainWordVectors: words must be strings that are not empty, got undefined.', [[undefined]] as never, {}],
  [
    'trainWordVectors: some words must be in the corpus at least minCount = 5 times, got none. Lower minCount.',
    'a b',
    {},
  ],
  ['trainWordVectors: size must be an integer of at least 1, got 0.', SENTENCES, { size: 0 }],
  ['trainWordVectors: sample must be a number of at least 0, got NaN.', SENTENCES, { sample: Number.NaN }],
  [
    'trainWordVectors: loss must be "negative-sampling" or "hierarchical-softmax", got "ns".',
    SENTENCES,
    { loss: 'ns' },
  ],
  ['trainWordVectors: workers must be an integer of at least 1, got 0.', SENTENCES, { workers: 0 }],
  [
    'the corpus must be readable again, as it has more than 10 words, but it is an iterator that runs once.',
    drawTopics(3000).values(),
    { maxCachedWords: 10 },
  ],
  ['trainWordVectors: the loss must stay finite, got', SENTENCES, { learningRate: 1e30 }],
  [
    'trainWordVectors: tables must fit 4 GiB, got 170 rows of 9000000 numbers.',
    SENTENCES,
    { size: 9_000_000 },
  ],
])('refuses: %s', async (message, corpus, options) => {
  await expect(collect(trainWordVectors(corpus, { ...SMALL, ...options }))).rejects.toThrow(message);
});
