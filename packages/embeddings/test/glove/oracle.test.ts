import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { countCooccurrences, type GloveModel, type TrainGloveOptions, trainGlove } from '../../src/index.ts';

/** What NumPy makes of the same text by fixtures/glove.py. */
const fixture = JSON.parse(await readFile(new URL('../../fixtures/glove.json', import.meta.url), 'utf8')) as {
  sentences: string[];
  cases: {
    name: string;
    options: TrainGloveOptions;
    words: string[];
    counts: [number, number, number][];
    losses: number[];
    table: number[];
    biases: number[];
    squares: number[];
    biasSquares: number[];
  }[];
};

test.each(fixture.cases)(
  'counts of pairs are those of plain counting: $name',
  async ({ options, ...expected }) => {
    const { window, symmetric, distanceWeighting, minCount, seed } = options;
    const cooccurrences = await countCooccurrences(fixture.sentences, {
      ...{ window, symmetric, distanceWeighting, minCount, seed },
    } as object);
    expect(cooccurrences.vocabulary.words).toEqual(expected.words);
    const found = new Map<string, number>();
    for await (const { word, context, count } of cooccurrences) found.set(`${word} ${context}`, count);
    expect(found.size).toBe(expected.counts.length);
    expect(cooccurrences.pairs).toBe(found.size);
    for (const [word, context, count] of expected.counts) {
      const key = `${expected.words[word]} ${expected.words[context]}`;
      expect(Math.abs(found.get(key)! / count - 1)).toBeLessThan(1e-7);
    }
  },
);

test.each(fixture.cases)(
  'training is what NumPy does pair by pair: $name',
  async ({ options, ...expected }) => {
    const losses: number[] = [];
    let model: GloveModel | undefined;
    for await (const event of trainGlove(fixture.sentences, options)) {
      if (event.type === 'epoch-end') losses.push(event.loss);
      if (event.type === 'training-end') ({ model } = event);
    }
    expect(losses).toHaveLength(expected.losses.length);
    for (const [epoch, loss] of expected.losses.entries()) expect(losses[epoch]).toBeCloseTo(loss, 5);
    for (const name of ['table', 'biases', 'squares', 'biasSquares'] as const) {
      expect(model![name]).toHaveLength(expected[name].length);
      for (const [at, value] of expected[name].entries()) {
        expect(Math.abs(model![name][at]! - value)).toBeLessThan(1e-5);
      }
    }
  },
);
