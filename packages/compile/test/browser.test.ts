import { fileURLToPath } from 'node:url';
import { type Browser, findChromium, launchChromium, type ServedPage, servePage } from '@wordloom/chromium';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../src/node.ts';
import type { TrainingInPage } from './browser/page.ts';
import { fewSteps } from './few-steps.ts';

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

  test('a step in a Web Worker has the losses of Node on two threads, and the page goes on drawing', async () => {
    const page = await browser.newPage();
    await page.goto(served.address);
    const { runtime, losses, frames } = await page.evaluate<TrainingInPage>('train()');
    expect(runtime).toBe('onnxruntime-web, wasm, 2 threads');
    const expected = await fewSteps(await nodeRuntime({ threads: 1 }));
    expect(losses).toHaveLength(expected.length);
    for (const [step, loss] of losses.entries()) expect(loss, `step ${step}`).toBeCloseTo(expected[step]!, 4);
    expect(frames).toBeGreaterThan(2);
  });
});
