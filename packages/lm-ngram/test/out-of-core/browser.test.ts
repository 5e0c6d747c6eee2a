import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import { trainNgramModel, writeArpa } from '../../src/index.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open }) => {
  test('a Web Worker trains on files of the origin, with workers of its own, to the file of Node', async () => {
    const sentences = Array.from({ length: 150 }, (_, line) =>
      Array.from({ length: 8 }, (_, at) => `w${(line * line + at * at * 31) % 47}`).join(' '),
    );
    const model = trainNgramModel(
      sentences.map((line) => line.split(' ')),
      { order: 4 },
    );
    const page = await open();
    const text = await page.evaluate<string>(`trainInWorker(${JSON.stringify(sentences)})`);
    expect(text).toBe([...writeArpa(model)].join(''));
  });
});
