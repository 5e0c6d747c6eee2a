import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tooling/vitest/readme.ts';

test('the guide to speeding up a tfjs model does what it says', async () => {
  const guide = new URL('../../../docs/guides/speed-up-a-tfjs-model.md', import.meta.url);
  const { printed, promised } = await runReadmeExample(new URL('../', import.meta.url), guide);
  expect(printed).toBe(promised);
});
