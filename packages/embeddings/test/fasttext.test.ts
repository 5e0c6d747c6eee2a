import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostSimilar, readFastText, writeFastText } from '../src/index.ts';
import { readFastTextFile, writeFastTextFile } from '../src/node.ts';

const FOLDER = new URL('../fixtures/fasttext/', import.meta.url);
const { texts, models, near } = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as {
  texts: string[];
  near: [word: string, similarity: string][];
  models: Record<
    string,
    { words: Record<string, number[]>; sentences: number[][]; predictions: string[][] | null }
  >;
};
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, FOLDER)));

/** fastText prints five digits. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [at, value] of expected.entries()) {
    expect(Math.abs(actual[at]! - value), `${what}, ${at}`).toBeLessThan(
      6e-5 * Math.max(0.1, Math.abs(value)),
    );
  }
}

describe.each(Object.entries(models))('%s', (file, expected) => {
  const model = readFastText(bytesOf(file));

  test.runIf(expected.predictions)('labels of lines and their probabilities are fastText’s', () => {
    for (const [index, text] of texts.entries()) {
      // Labels of one probability come in any order there.
      const inOrder = (labels: [label: string, probability: number][]): [string, number][] =>
        labels.sort(([a, p], [b, q]) => (Math.abs(p - q) > 1e-6 ? q - p : a < b ? -1 : 1));
      const printed = expected.predictions![index]!;
      const wanted = inOrder(
        printed.flatMap((label, at) => (at % 2 === 0 ? [[label, Number(printed[at + 1])]] : [])),
      );
      const got = inOrder(
        model
          .predict(text, { count: 4 })
          .map(({ label, probability }) => [`__label__${label}`, Number(probability.toPrecision(6))]),
      );
      expect(
        got.map(([label]) => label),
        JSON.stringify(text),
      ).toEqual(wanted.map(([label]) => label));
      expectClose(
        got.map(([, probability]) => probability),
        wanted.map(([, probability]) => probability),
        text,
      );
    }
  });

  test('vectors of words and lines are fastText’s, of unknown ones too', () => {
    for (const [word, vector] of Object.entries(expected.words))
      expectClose(model.wordVector(word), vector, word);
    for (const [index, vector] of expected.sentences.entries()) {
      expectClose(model.sentenceVector(texts[index]!), vector, texts[index]!);
    }
  });

  test('it is written as it was', () => {
    expect(Buffer.concat([...writeFastText(model)]).equals(bytesOf(file))).toBe(true);
  });

  test('a part of it is refused, with the byte', () => {
    const bytes = bytesOf(file);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        expect(() => readFastText(bytes.subarray(0, length), { source: file })).toThrow(
          /^readFastText: .*\.(bin|ftz), byte \d+: /,
        );
      }),
    );
    expect(() => readFastText(Uint8Array.of(...bytes, 0))).toThrow('the file must end here, 1 bytes follow');
  });

  test('with any byte changed it is read or refused, and nothing else', () => {
    const bytes = bytesOf(file);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, value) => {
          const changed = bytes.slice();
          changed[at] = value;
          try {
            const read = readFastText(changed);
            read.wordVector('cat');
            if (read.settings.model === 'supervised') read.predict('cat and apple', { count: 2 });
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a line ends at </s>, written out or as a line feed', () => {
  const model = readFastText(bytesOf('ngrams.bin'));
  expect(model.predict('apple </s> hammer')).toEqual(model.predict('apple'));
  expect(model.predict('apple\n')).toEqual(model.predict('apple'));
});

test('words near to an unknown one are those that `fasttext nn` finds', () => {
  const model = readFastText(bytesOf('skipgram.bin'));
  const found = mostSimilar(model.wordVectors(), [model.wordVector('cats')], { count: 3 });
  expect(found.map(({ word }) => word)).toEqual(near.map(([word]) => word));
  expectClose(
    found.map(({ similarity }) => similarity),
    near.map(([, similarity]) => Number(similarity)),
    'similarities',
  );
});

const data = process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const languages = `${data}/ckpt-fasttext-lid176/lid.176.ftz`;

test.skipIf(!existsSync(languages))(
  'languages of lines in 80 scripts and languages are those of fastText',
  async () => {
    const model = await readFastTextFile(languages);
    const lines = JSON.parse(readFileSync(new URL('languages.json', FOLDER), 'utf8')) as {
      text: string;
      printed: string[];
    }[];
    for (const { text, printed } of lines) {
      const predicted = model.predict(text, { count: 2 });
      expect(
        predicted.map(({ label }) => `__label__${label}`),
        text,
      ).toEqual(printed.filter((_, at) => at % 2 === 0));
      expectClose(
        predicted.map(({ probability }) => probability),
        printed.filter((_, at) => at % 2 === 1).map(Number),
        text,
      );
    }
  },
);

test('a file that is written is the model, and errors name the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-fasttext-'));
  try {
    const path = join(folder, 'model.bin');
    await writeFastTextFile(path, readFastText(bytesOf('hs.bin')));
    expect(await readFile(path)).toEqual(readFileSync(new URL('hs.bin', FOLDER)));
    expect((await readFastTextFile(path)).predict('cat')[0]!.label).toBe('animal');
    await writeFile(path, 'no model');
    await expect(readFastTextFile(path)).rejects.toThrow(`${path}, byte 0: a model of fastText must begin`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what cannot be asked is refused', () => {
  const model = readFastText(bytesOf('softmax.bin'));
  expect(() => model.predict('a\nb')).toThrow('must be one line, got a line feed at 1 of 3');
  expect(() => model.predict('a', { count: 0 })).toThrow('count must be a positive integer, got 0');
  expect(() => model.predict('a', { threshold: 2 })).toThrow('threshold must be in [0, 1], got 2');
  expect(() => readFastText(bytesOf('cbow.bin')).predict('a')).toThrow('must be supervised, got one of cbow');
  expect(model.predict('apple', { count: 4, threshold: 0.3 }).map(({ label }) => label)).toEqual(['food']);
});
