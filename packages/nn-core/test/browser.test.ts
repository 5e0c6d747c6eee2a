import { fileURLToPath } from 'node:url';
import { type Browser, findChromium, launchChromium, type ServedPage, servePage } from '@wordloom/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchesInPage } from './browser/page.ts';
import { maskedWindows } from './workers/masked-windows.ts';

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

  test('a Web Worker makes the batches of Node, in order, and is told from one that cannot', async () => {
    const page = await browser.newPage();
    await page.goto(served.address);
    const { inputs, refusal } = await page.evaluate<BatchesInPage>('collect(5, [7, 8, 9, 2])');
    const expected = await Promise.all([7, 8, 9, 2].map((step) => maskedWindows(5).batch(step)));
    expect(inputs).toEqual(expected.map((batch) => [...batch.inputs!.data]));
    expect(refusal).toBe('prefetchInWorker: the worker could not make its source. settings must be given');
  });
});
