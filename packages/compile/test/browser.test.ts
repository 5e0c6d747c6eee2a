import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import { nodeRuntime } from '../src/node.ts';
import type { TrainingInPage } from './browser/page.ts';
import { fewSteps } from './few-steps.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open }) => {
  test('a step in a Web Worker has the losses of Node on two threads, and the page goes on drawing', async () => {
    const page = await open();
    const { runtime, losses, frames } = await page.evaluate<TrainingInPage>('train()');
    expect(runtime).toBe('onnxruntime-web, wasm, 2 threads');
    const expected = await fewSteps(await nodeRuntime({ threads: 1 }));
    expect(losses).toHaveLength(expected.length);
    for (const [step, loss] of losses.entries()) expect(loss, `step ${step}`).toBeCloseTo(expected[step]!, 4);
    expect(frames).toBeGreaterThan(2);
  });
});
