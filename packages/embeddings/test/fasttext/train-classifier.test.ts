import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DenseMatrix } from '../../src/fasttext/row-matrix.ts';
import {
  type ClassifierTrainingEvent,
  type FastTextModel,
  type LabeledTexts,
  readFastText,
  type TrainClassifierOptions,
  trainClassifier,
  WordVectors,
  writeFastText,
} from '../../src/index.ts';
import { createRandomSource } from '../../src/random-source.ts';
import { trainNaively } from './naive-classifier.ts';

type Options = Parameters<typeof trainClassifier>[1] & {};

async function train(examples: LabeledTexts, options: Options) {
  const events: ClassifierTrainingEvent[] = [];
  for await (const event of trainClassifier(examples, options)) events.push(event);
  const end = events.at(-1)!;
  if (end.type !== 'training-end') throw new Error('training must end');
  return { events, model: end.model, reason: end.reason };
}

const tableOf = (model: FastTextModel, name: 'input' | 'output'): Float32Array =>
  (model[name] as DenseMatrix).values;

/** Lines of words that tell their label now and then. */
function makeLines(count: number, labels: number, seed: number): string[] {
  const random = createRandomSource(seed);
  return Array.from({ length: count }, () => {
    const label = Math.floor(random() ** 2 * labels);
    const words = Array.from({ length: 6 }, () =>
      random() < 0.4 ? `topic${label}${'abc'[Math.floor(random() * 3)]}` : `w${Math.floor(random() * 40)}`,
    );
    return `__label__${label} ${words.join(' ')}`;
  });
}

function accuracy(model: FastTextModel, lines: readonly string[]): number {
  const right = lines.filter((line) => `__label__${model.predict(line)[0]?.label}` === line.split(' ')[0]);
  return right.length / lines.length;
}

const LINES = makeLines(800, 5, 1);
const HELD_OUT = makeLines(200, 5, 2);
const SMALL: TrainClassifierOptions = { size: 10, epochs: 8, learningRate: 0.5, bucket: 1000 };

describe('trainClassifier', () => {
  test.each(['softmax', 'hs', 'ova'] as const)('an epoch of %s is what the equations give', async (loss) => {
    const lines = LINES.slice(0, 60);
    const options: Options = {
      ...SMALL,
      loss,
      size: 6,
      shuffle: false,
      wordNgrams: 2,
      minn: 2,
      maxn: 3,
      bucket: 50,
    };
    const { model: begin } = await train(lines, { ...options, epochs: 1, learningRate: 1e-30 });
    // Outputs that are not zero, so that inputs move.
    const random = createRandomSource(3);
    tableOf(begin, 'output').forEach((_, at, all) => {
      all[at] = random() - 0.5;
    });
    const rows = (name: 'input' | 'output'): number[][] =>
      Array.from({ length: tableOf(begin, name).length / 6 }, (_, row) => [
        ...tableOf(begin, name).subarray(6 * row, 6 * row + 6),
      ]);
    const [inputs, outputs] = [rows('input'), rows('output')];
    const expected = trainNaively(lines, begin.dictionary, loss, inputs, outputs, 0.5);
    const { model, events } = await train(lines, { ...options, epochs: 1, start: { model: begin } });
    const epoch = events.flatMap((event) => (event.type === 'epoch-end' ? event : []))[0]!;
    expect(epoch.loss).toBeCloseTo(expected, 4);
    for (const [name, naive] of [
      ['input', inputs.flat()],
      ['output', outputs.flat()],
    ] as const) {
      const farthest = naive.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - tableOf(model, name)[at]!)),
        0,
      );
      expect(farthest, name).toBeLessThan(1e-5);
    }
    expect(tableOf(model, 'input')).not.toEqual(tableOf(begin, 'input'));
  });

  test.each(['softmax', 'ns', 'hs', 'ova'] as const)('%s learns what tells labels apart', async (loss) => {
    const { model, events } = await train(LINES, { ...SMALL, loss, wordNgrams: 2, minn: 2, maxn: 4 });
    expect(accuracy(model, HELD_OUT)).toBeGreaterThan(0.9);
    const losses = events.flatMap((event) => (event.type === 'epoch-end' ? event.loss : []));
    expect(losses).toHaveLength(8);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });

  test('rows in training are those of the dictionary', async () => {
    const word = fc.stringMatching(/^[a-c中é]{1,4}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(word, { maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        async (texts) => {
          const lines = texts.map((words, at) => `__label__${at % 2} ${words.join(' ')}`);
          const options: Options = {
            ...SMALL,
            size: 4,
            epochs: 1,
            minCount: 2,
            minn: 1,
            maxn: 2,
            wordNgrams: 3,
            bucket: 97,
          };
          const { model } = await train(lines, options);
          const known = new Set(lines.flatMap((line) => model.dictionary.encodeLine(`${line}\n`).rows));
          const input = tableOf(model, 'input');
          for (let row = model.dictionary.wordCount; row < input.length / 4; row++) {
            expect(input.subarray(4 * row, 4 * row + 4).some((value) => value !== 0)).toBe(known.has(row));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('the seed decides, and a checkpoint goes on to the same end', async () => {
    const options: Options = { ...SMALL, loss: 'ns', wordNgrams: 2, epochs: 4, checkpointEvery: 2 };
    const whole = await train(LINES, options);
    const checkpoint = whole.events.find((event) => event.type === 'checkpoint-end')!;
    expect(checkpoint.epoch).toBe(2);
    const stored = readFastText(Buffer.concat([...writeFastText(checkpoint.model)]));
    const rest = await train(LINES, { ...options, start: { model: stored, epoch: 2 } });
    for (const name of ['input', 'output'] as const) {
      expect(tableOf(rest.model, name)).toEqual(tableOf(whole.model, name));
    }
    const other = await train(LINES, { ...options, seed: 7 });
    expect(tableOf(other.model, 'output')).not.toEqual(tableOf(whole.model, 'output'));
  });

  test('workers learn together', async () => {
    const { model, events } = await train(LINES, { ...SMALL, workers: 2 });
    expect(accuracy(model, HELD_OUT)).toBeGreaterThan(0.9);
    const last = events.flatMap((event) => (event.type === 'epoch-end' ? event : [])).at(-1)!;
    expect(last.examples).toBe(8 * LINES.length);
  });

  test('a signal ends it with what has been learned', async () => {
    const abort = new AbortController();
    const events: ClassifierTrainingEvent[] = [];
    for await (const event of trainClassifier(LINES, { ...SMALL, epochs: 1000, signal: abort.signal })) {
      events.push(event);
      if (event.type === 'epoch-end' && event.epoch === 3) abort.abort();
    }
    const end = events.at(-1)!;
    expect(end).toMatchObject({ type: 'training-end', reason: 'aborted' });
  });

  test('texts with lists of labels are examples too, in any iterable', async () => {
    const examples = async function* () {
      for (const line of LINES) {
        const [label, ...words] = line.split(' ');
        yield { labels: [label!.slice(9)], text: words.join(' ') };
      }
    };
    const fromObjects = await train(examples(), SMALL);
    const fromText = await train(LINES.join('\n'), SMALL);
    expect(tableOf(fromObjects.model, 'input')).toEqual(tableOf(fromText.model, 'input'));
  });

  test('words begin with vectors that are given', async () => {
    const pretrained = new WordVectors(
      ['topic0a', 'unseen'],
      Float32Array.from({ length: 20 }, (_, at) => at),
      10,
    );
    const { model } = await train(LINES, { ...SMALL, minCount: 3, pretrained, learningRate: 1e-30 });
    for (const word of pretrained.words) expect(model.wordVector(word)).toEqual(pretrained.vectorOf(word));
  });

  test('what cannot be is refused', async () => {
    await expect(train(['no label here'], {})).rejects.toThrow(
      'trainClassifier: examples must have labels, which begin with __label__ in lines, got none in 1 examples.',
    );
    await expect(train('', {})).rejects.toThrow('got none in 0 examples');
    await expect(train(LINES, { size: 0 })).rejects.toThrow(
      'trainClassifier: size must be an integer of at least 1, got 0.',
    );
    await expect(train(LINES, { loss: 'hinge' as 'hs' })).rejects.toThrow('loss must be');
    await expect(train([{ text: 'a', labels: ['b c'] }], {})).rejects.toThrow('labels of example 1');
    await expect(train([7 as unknown as string], {})).rejects.toThrow(
      'example 1 must be a line or { text, labels }, got 7',
    );
    await expect(train(7 as unknown as string, {})).rejects.toThrow('examples must be a text or an iterable');
    await expect(train(LINES, { size: 30_000, maxn: 3, bucket: 2e9 })).rejects.toThrow(
      'fewer than 2 ** 32 numbers',
    );
  });
});
