import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import { WordVectors, writeWordVectors } from '../src/index.ts';
import { writeWordVectorsFile } from '../src/node.ts';
import { createRandomSource, normalFrom } from '../src/random-source.ts';
import { answer, classify, type PageAnswer, train, trainAndClassify, trainByGlove } from './browser/page.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open, folder }) => {
  const normal = normalFrom(createRandomSource(4));
  const vectors = new WordVectors(
    Array.from({ length: 2000 }, (_, row) => `词${row}`),
    Float32Array.from({ length: 2000 * 20 }, normal),
    20,
  );

  test('a page reads a packed file and finds what Node finds, to the last digit', async () => {
    // Not by a name in .gz, which servers unpack.
    await writeWordVectorsFile(join(folder(), 'vectors.vec'), vectors);
    const bytes = new Uint8Array(Buffer.concat([...writeWordVectors(vectors)]));
    const page = await open();
    const found = await page.evaluate<PageAnswer>(`answerFile('vectors.vec')`);
    expect(found).toEqual(await answer(new Uint8Array(gzipSync(bytes))));
  });

  test('a page reads some vectors of a large file by ranges, without the others', async () => {
    const wide = new WordVectors(
      Array.from({ length: 300 }, (_, row) => `w${row}`),
      Float32Array.from({ length: 300 * 2000 }, normal),
      2000,
    );
    await writeWordVectorsFile(join(folder(), 'wide.safetensors'), wide);
    const page = await open();
    const found = await page.evaluate<{ words: string[]; table: number[]; bytes: number; fileSize: number }>(
      `openRanges('wide.safetensors', ['w7', 'w200', 'none'])`,
    );
    expect(found.words).toEqual(['w7', 'w200']);
    expect(Float32Array.from(found.table)).toEqual(
      Float32Array.from([...wide.vectorOf('w7'), ...wide.vectorOf('w200')]),
    );
    expect(found.bytes).toBeLessThan(found.fileSize / 50);
  });

  test('a page loads a quantized classifier, and trains one, and finds the labels that Node finds', async () => {
    const bytes = await readFile(new URL('../fixtures/fasttext/plain.ftz', import.meta.url));
    await writeFile(join(folder(), 'classifier.ftz'), bytes);
    const texts = ['a day at the sea', '今天 天气', ''];
    const page = await open();
    expect(await page.evaluate(`classifyFile('classifier.ftz', ${JSON.stringify(texts)})`)).toEqual(
      classify(bytes, texts),
    );
    const lines = Array.from(
      { length: 300 },
      (_, at) => `__label__${at % 3} w${at % 3} v${at % 7} 词${at % 11}`,
    );
    const options = { size: 8, epochs: 3, wordNgrams: 2, bucket: 500 };
    const task = [lines, ['w1', 'w2 v3'], options].map((value) => JSON.stringify(value)).join();
    expect(await page.evaluate(`trainAndClassify(${task})`)).toEqual(
      await trainAndClassify(lines, ['w1', 'w2 v3'], options),
    );
    const shared = task.replace('{', '{"workers":2,');
    expect(await page.evaluate(`trainAndClassify(${shared})`)).toHaveLength(2);
  });

  test('a page trains on its own thread and on workers, to the numbers of Node', async () => {
    const sentences = Array.from({ length: 800 }, (_, line) =>
      Array.from({ length: 9 }, (_, at) => `词${(line * line + at * at * 31) % 47}`).join(' '),
    );
    const page = await open();
    for (const run of [{}, { deterministic: true, workers: 2 }]) {
      const options = { size: 20, epochs: 2, sample: 0, learningRate: 0.1, ...run };
      const inPage = await page.evaluate(`train(${JSON.stringify(sentences)}, ${JSON.stringify(options)})`);
      expect(inPage).toEqual(await train(sentences, options));
    }
    const free = { size: 20, epochs: 2, sample: 0, workers: 2 };
    const { losses } = await page.evaluate<{ losses: number[] }>(
      `train(${JSON.stringify(sentences)}, ${JSON.stringify(free)})`,
    );
    expect(losses[1]).toBeLessThan(losses[0]!);
  });

  test('a page trains by GloVe on its own thread and on workers, to the bits of Node', async () => {
    const sentences = Array.from({ length: 100 }, (_, line) =>
      Array.from({ length: 9 }, (_, at) => `词${(line * line + at * at * 31) % 47}`).join(' '),
    );
    const page = await open();
    const options = { size: 6, epochs: 3, window: 4 };
    const expected = await trainByGlove(sentences, options);
    for (const workers of [1, 2]) {
      const task = `${JSON.stringify(sentences)}, ${JSON.stringify({ ...options, workers })}`;
      expect(await page.evaluate(`trainByGlove(${task})`)).toEqual(expected);
    }
  });
});
