import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QuantizedMatrix } from '../../src/fasttext/quantized-matrix.ts';
import {
  evaluateClassifier,
  type FastTextModel,
  learnProductQuantizer,
  quantizeModel,
  readFastText,
  trainClassifier,
  writeFastText,
} from '../../src/index.ts';
import { createRandomSource, normalFrom } from '../../src/random-source.ts';

const RANDOM = createRandomSource(11);
const LINES = Array.from({ length: 900 }, () => {
  const label = Math.floor(RANDOM() * 3);
  const words = Array.from({ length: 7 }, () =>
    RANDOM() < 0.35 ? `topic${label}${Math.floor(RANDOM() * 20)}` : `w${Math.floor(RANDOM() * 300)}`,
  );
  return `__label__${label} ${words.join(' ')}`;
});
const [TRAINING, HELD_OUT] = [LINES.slice(0, 700), LINES.slice(700)];

async function train(): Promise<FastTextModel> {
  const options = { size: 15, epochs: 10, learningRate: 0.5, wordNgrams: 2, bucket: 5000 };
  for await (const event of trainClassifier(TRAINING, options)) {
    if (event.type === 'training-end') return event.model;
  }
  throw new Error('training must end');
}

const sizeOf = (model: FastTextModel): number =>
  [...writeFastText(model)].reduce((sum, { length }) => sum + length, 0);

describe('learnProductQuantizer', () => {
  test('few different rows are encoded without loss, zeros too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }).chain((size) =>
          fc.record({
            partSize: fc.integer({ min: 1, max: size }),
            rows: fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: size, maxLength: size }), {
              minLength: 1,
              maxLength: 30,
            }),
          }),
        ),
        async ({ rows, partSize }) => {
          const size = rows[0]!.length;
          const { quantizer, codes } = await learnProductQuantizer(Float32Array.from(rows.flat()), size, {
            partSize,
          });
          const matrix = new QuantizedMatrix(rows.length, codes, quantizer);
          for (const [row, values] of rows.entries()) {
            const target = new Float32Array(size);
            matrix.addRow(row, target);
            expect([...target].map((value) => value + 0)).toEqual(values.map((value) => value + 0));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('normal numbers in twos lose about what 256 centers must lose', async () => {
    const table = Float32Array.from({ length: 4000 * 4 }, normalFrom(createRandomSource(5)));
    const { quantizer, codes } = await learnProductQuantizer(table, 4);
    const matrix = new QuantizedMatrix(4000, codes, quantizer);
    let squares = 0;
    for (let row = 0; row < 4000; row++) {
      const target = new Float32Array(4);
      matrix.addRow(row, target);
      for (let at = 0; at < 4; at++) squares += (target[at]! - table[4 * row + at]!) ** 2;
    }
    // Zador's bound for 256 centers of a normal plane: 4π · 5 / (18 √3) / 256 = 0.0079 a number; the sample is learned by heart in part.
    expect(squares / table.length).toBeGreaterThan(0.005);
    expect(squares / table.length).toBeLessThan(0.0105);
  });

  test('a part size that cannot be is refused', async () => {
    await expect(learnProductQuantizer(new Float32Array(4), 2, { partSize: 3 })).rejects.toThrow(
      'learnProductQuantizer: partSize must be an integer from 1 to 2, got 3.',
    );
  });
});

describe('quantizeModel', async () => {
  const model = await train();
  const { precision } = await evaluateClassifier(model, HELD_OUT);

  test.each([
    { name: 'as it is', options: {}, least: precision - 0.03 },
    {
      name: 'with lengths apart, and the output',
      options: { norms: true, output: true },
      least: precision - 0.04,
    },
    {
      name: 'with some rows, trained on',
      options: { rows: 200, retrain: { examples: TRAINING } },
      least: precision - 0.05,
    },
  ])('$name: labels stay, bytes go, and files keep it', async ({ options, least }) => {
    const small = await quantizeModel(model, options);
    expect((await evaluateClassifier(small, HELD_OUT)).precision).toBeGreaterThan(least);
    expect(sizeOf(small)).toBeLessThan(sizeOf(model) / 3);
    const bytes = Buffer.concat([...writeFastText(small)]);
    const read = readFastText(bytes);
    for (const line of HELD_OUT.slice(0, 20))
      expect(read.predict(line, { count: 3 })).toEqual(small.predict(line, { count: 3 }));
    expect(Buffer.concat([...writeFastText(read)]).equals(bytes)).toBe(true);
  });

  test('rows of the longest vectors are kept, and that of the end of lines', async () => {
    const small = await quantizeModel(model, { rows: 40 });
    expect(small.input.rowCount).toBe(40);
    expect(small.dictionary.words).toContain('</s>');
    expect(small.labels).toEqual(model.labels);
    expect(small.dictionary.words.filter((word) => word.startsWith('topic')).length).toBeGreaterThan(10);
  });

  test('what cannot be is refused', async () => {
    const small = await quantizeModel(model);
    await expect(quantizeModel(small)).rejects.toThrow(
      'quantizeModel: the model must not be quantized already.',
    );
    await expect(quantizeModel(model, { rows: 0 })).rejects.toThrow(
      'rows must be an integer of at least 1, got 0',
    );
  });

  test('precision, recall and F1 are counted by label', async () => {
    const score = await evaluateClassifier(model, [...HELD_OUT, '__label__unknown w1', 'no label']);
    expect(score.examples).toBe(HELD_OUT.length);
    expect(score.recall).toBe(score.precision);
    const two = await evaluateClassifier(model, HELD_OUT, { count: 3 });
    expect(two.recall).toBe(1);
    expect(two.precision).toBeCloseTo(1 / 3, 10);
    expect([...two.labels.keys()].sort()).toEqual(['0', '1', '2']);
    expect(two.f1).toBeCloseTo(0.5, 10);
  });
});
