import { expect, test } from 'vitest';
import { runDocument } from '../../../tooling/vitest/readme.ts';

test('the guide to measuring a model prints what it says', async () => {
  const guide = new URL('../../../docs/guides/measure-a-model.md', import.meta.url);
  for (const { printed, promised, line } of await runDocument(new URL('../', import.meta.url), guide)) {
    expect(printed, `line ${line}`).toBe(promised);
  }
});
