import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, findChromium, launchChromium, type ServedPage, servePage } from '@wordloom/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeCompact, trainNgramModel } from '../src/index.ts';
import { answer, type ModelAnswer } from './browser/model-worker.ts';

const chromium = await findChromium();

describe.skipIf(!chromium)('in a page in Chromium', () => {
  let served: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    served = await servePage(fileURLToPath(new URL('browser', import.meta.url)));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  const sentences = Array.from({ length: 200 }, (_, line) =>
    Array.from({ length: 8 }, (_, at) => `w${(line * line + at * at * 31) % 47}`).join(' '),
  );

  test('a Web Worker gives the numbers of Node, to the last digit', async () => {
    const task = { sentences, heldOut: sentences.slice(0, 9).map((line) => `${line} 北京`) };
    const page = await browser.newPage();
    await page.goto(served.address);
    expect(await page.evaluate<ModelAnswer>(`answerInWorker(${JSON.stringify(task)})`)).toEqual(answer(task));
  });

  test('a page opens a compact model that it fetches', async () => {
    const model = trainNgramModel(
      sentences.map((line) => line.split(' ')),
      { order: 4 },
    );
    await writeFile(join(served.folder, 'model.ngram'), encodeCompact(model));
    const page = await browser.newPage();
    await page.goto(served.address);
    const { sizes } = await page.evaluate<{ sizes: number[] }>(`openModel('model.ngram')`);
    expect(sizes).toEqual(model.trie.sizes);
  });
});
