import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import type { CountedInBrowser, CountingTask } from './browser/count-worker.ts';
import { listed, madeUpText, mapOfWords } from './word-counts/corpora.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open }) => {
  test("words are counted in the origin's files by Web Workers, and a count that was stopped goes on", async () => {
    const page = await open();
    const count = (task: CountingTask) =>
      page.evaluate<CountedInBrowser>(`countInWorker(${JSON.stringify(task)})`);
    const size = 350_000;
    const memoryLimit = 2 ** 19;
    const first = await count({ size, memoryLimit, workers: 0, aborts: true });
    expect(first.words).toBeUndefined();
    expect(first.wordCount).toBeGreaterThan(0);
    const second = await count({ size, memoryLimit, workers: 2, aborts: false });
    expect(listed(second.words!) === listed(mapOfWords(madeUpText(size)))).toBe(true);
    expect(second.files).toHaveLength(2); // progress and words
  });
});
