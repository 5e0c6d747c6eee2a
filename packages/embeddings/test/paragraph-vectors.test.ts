import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  inferParagraphVector,
  inferParagraphVectors,
  mostSimilar,
  type ParagraphTrainingEvent,
  type ParagraphVectorModel,
  resumeParagraphVectors,
  type Sentences,
  type TrainParagraphVectorsOptions,
  trainParagraphVectors,
} from '../src/index.ts';
import { createRandomSource } from '../src/random-source.ts';

/** Documents of words of one topic each, and words that all have; the topic is the document's number modulo 4. */
function drawDocuments(count: number, seed = 3): string[] {
  const random = createRandomSource(seed);
  const pick = (words: number): number => Math.floor(words * random() ** 2);
  return Array.from({ length: count }, (_, document) =>
    Array.from({ length: 30 }, () =>
      random() < 0.4 ? `the${pick(9)}` : `${'abcd'[document % 4]}${pick(20)}`,
    ).join(' '),
  );
}

const DOCUMENTS = drawDocuments(200);
const SMALL: TrainParagraphVectorsOptions = { size: 20, sample: 0.01, learningRate: 0.05 };

async function collect(events: AsyncIterable<ParagraphTrainingEvent>): Promise<ParagraphTrainingEvent[]> {
  const all: ParagraphTrainingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function train(
  documents: Sentences,
  options: TrainParagraphVectorsOptions,
): Promise<ParagraphVectorModel> {
  const end = (await collect(trainParagraphVectors(documents, options))).at(-1)!;
  return (end as ParagraphTrainingEvent & { type: 'training-end' }).model;
}

const ARCHITECTURES = ['distributed-memory', 'bag-of-words'] as const;

test.each(ARCHITECTURES)(
  '%s: documents, new ones too, are near those of their topic',
  async (architecture) => {
    // Of documents this short, PV-DM learns little by a tree: neighbors say as much as documents do.
    const tree = architecture === 'bag-of-words' ? [{ loss: 'hierarchical-softmax' as const }] : [];
    for (const run of [{}, { workers: 2 }, { deterministic: true }, ...tree]) {
      const model = await train(DOCUMENTS, { ...SMALL, architecture, ...run });
      const vectors = model.documentVectors();
      const topics = (near: readonly { word: string }[]): number[] =>
        near.map(({ word }) => Number(word) % 4);
      for (const document of [5, 6, 7, 8]) {
        const near = topics(mostSimilar(vectors, [String(document)], { count: 10 }));
        expect(near.filter((topic) => topic === document % 4).length).toBeGreaterThan(8);
      }
      const fresh = drawDocuments(8, 77);
      const inferred = await inferParagraphVectors(model, fresh);
      for (let document = 0; document < 8; document++) {
        const vector = inferred.subarray(20 * document, 20 * (document + 1));
        const near = topics(mostSimilar(vectors, [vector], { count: 10 }));
        expect(near.filter((topic) => topic === document % 4).length).toBeGreaterThan(8);
      }
      // A document's vector hangs on nothing but the document.
      expect(await inferParagraphVector(model, fresh[3]!.split(' '))).toEqual(inferred.slice(60, 80));
    }
  },
);

test('documents keep their numbers, those too that have no known word, however long they are', async () => {
  const documents = [
    'unknown',
    ...DOCUMENTS,
    '',
    [...drawDocuments(1, 9), ...drawDocuments(400, 9)].join(' '),
  ];
  const options = { ...SMALL, epochs: 2 };
  const model = await train(documents, options);
  const { size } = model.settings;
  expect(model.documentTable.length).toBe(203 * size);
  const still = await train(documents, { ...options, learningRate: 0, minLearningRate: 0 });
  const moved = Array.from({ length: 203 }, (_, row) =>
    model.documentTable
      .subarray(row * size, (row + 1) * size)
      .some((x, at) => x !== still.documentTable[row * size + at]),
  );
  expect(moved.flatMap((moves, row) => (moves ? [] : [row]))).toEqual([0, 201]);
  expect(() => model.documentVectors(['one name'])).toThrow(
    'WordVectors: table must hold 1 words × 20 numbers',
  );
});

test('training is repeated bit for bit, in lock step by any number of workers, and resumed', async () => {
  const options = { ...SMALL, epochs: 4 };
  const [one, two] = await Promise.all(
    [1, 2].map((workers) => train(DOCUMENTS, { ...options, deterministic: true, workers })),
  );
  expect(two!.documentTable).toEqual(one!.documentTable);
  const events = await collect(trainParagraphVectors(DOCUMENTS, { ...options, checkpointEvery: 7000 }));
  const { model } = events.find((event) => event.type === 'checkpoint-end')!;
  const resumed = (await collect(resumeParagraphVectors(model, DOCUMENTS))).at(-1);
  expect(resumed).toEqual(events.at(-1));
  await expect(collect(resumeParagraphVectors(model, DOCUMENTS.slice(1)))).rejects.toThrow(
    'resumeParagraphVectors: the documents must be those that training began with, 200, got 199.',
  );
});

test('refuses what is out of range', async () => {
  await expect(train(DOCUMENTS, { architecture: 'dm' as never })).rejects.toThrow(
    'trainParagraphVectors: architecture must be "distributed-memory" or "bag-of-words", got "dm".',
  );
  const model = await train(DOCUMENTS, { ...SMALL, epochs: 1 });
  await expect(inferParagraphVector(model, 'a1', { epochs: 0 })).rejects.toThrow(
    'inferParagraphVectors: epochs must be an integer of at least 1, got 0.',
  );
});

const lee = new URL('../../../../shared/data/enwiki-sample/lee_background.cor', import.meta.url);
test.skipIf(!existsSync(lee)).each(ARCHITECTURES)(
  '%s of the 300 articles of the Lee corpus: inferred anew, nine of ten are nearest to themselves', // of gensim's too
  async (architecture) => {
    const articles = readFileSync(lee, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.toLowerCase().match(/[a-z]+/g) ?? []);
    const model = await train(articles, { architecture, size: 50, minCount: 2, epochs: 40 });
    const vectors = model.documentVectors();
    const some = articles.filter((_, document) => document % 3 === 0);
    const inferred = await inferParagraphVectors(model, some);
    const same = some.filter((_, index) => {
      const [nearest] = mostSimilar(vectors, [inferred.subarray(50 * index, 50 * (index + 1))], { count: 1 });
      return nearest!.word === String(3 * index);
    });
    expect(same.length / some.length).toBeGreaterThan(0.9);
  },
);
