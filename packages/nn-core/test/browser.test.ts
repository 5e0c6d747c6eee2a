import { readFile } from 'node:fs/promises';
import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import { openTensors } from '../src/tensor-files/open-tensors.ts';
import type { BatchesInPage, TensorInPage } from './browser/page.ts';
import { maskedWindows } from './workers/masked-windows.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open }) => {
  test('a Web Worker makes the batches of Node, in order, and is told from one that cannot', async () => {
    const page = await open();
    const { inputs, refusal } = await page.evaluate<BatchesInPage>('collect(5, [7, 8, 9, 2])');
    const expected = await Promise.all([7, 8, 9, 2].map((step) => maskedWindows(5).batch(step)));
    expect(inputs).toEqual(expected.map((batch) => [...batch.inputs!.data]));
    expect(refusal).toBe('prefetchInWorker: the worker could not make its source. settings must be given');
  });
  test('a checkpoint of PyTorch is read from a File as in Node', async () => {
    const bytes = await readFile(new URL('../fixtures/checkpoints/state-dict.bin', import.meta.url));
    const page = await open();
    const { names, rows } = await page.evaluate<TensorInPage>(
      `readRows('${bytes.toString('base64')}', 'view.transposed', [1, 3])`,
    );
    const source = await openTensors(bytes);
    expect(names).toEqual([...source.tensors.keys()]);
    expect(rows).toEqual([...(await source.read('view.transposed', [[1, 3]])).data]);
  });
});
