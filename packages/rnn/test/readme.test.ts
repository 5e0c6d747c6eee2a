import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tooling/vitest/readme.ts';

test('the example in the README prints what the README says', async () => {
  const { printed, promised } = await runReadmeExample(new URL('../', import.meta.url));
  expect(printed.trimEnd()).toBe(promised.trimEnd());
});
