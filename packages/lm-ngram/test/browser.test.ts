import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeInChromium } from '@wordloom/chromium/vitest';
import { expect, test } from 'vitest';
import { decodeCompact, encodeCompact, trainNgramModel } from '../src/index.ts';
import { answer, type ModelAnswer } from './browser/model-worker.ts';

await describeInChromium(new URL('browser', import.meta.url), ({ open, folder }) => {
  const sentences = Array.from({ length: 200 }, (_, line) =>
    Array.from({ length: 8 }, (_, at) => `w${(line * line + at * at * 31) % 47}`).join(' '),
  );
  test('a Web Worker gives the numbers of Node, to the last digit', async () => {
    const task = { sentences, heldOut: sentences.slice(0, 9).map((line) => `${line} 北京`) };
    const page = await open();
    expect(await page.evaluate<ModelAnswer>(`answerInWorker(${JSON.stringify(task)})`)).toEqual(answer(task));
  });

  test('a page asks a compact model that it fetches, whole or in parts', async () => {
    const model = trainNgramModel(
      sentences.map((line) => line.split(' ')),
      { order: 4 },
    );
    const bytes = encodeCompact(model);
    await writeFile(join(folder(), 'model.ngram'), bytes);
    const page = await open();
    const answer = await page.evaluate(`openModel('model.ngram', 'w5')`);
    const unpacked = decodeCompact(bytes);
    const { log10Probability } = unpacked.score(unpacked.sentenceStart, unpacked.vocabulary.idOf('w5'));
    expect(answer).toEqual({ sizes: model.trie.sizes, logs: [log10Probability, log10Probability] });
  });
});
