import { expect, test } from 'vitest';
import { runDocument } from '../../../tooling/vitest/readme.ts';

test.each([
  'speed-up-a-tfjs-model',
  'how-a-traced-step-works',
  'onnx-files-and-small-weights',
  'any-size-or-a-few',
])('the guide %s does what it says', async (name) => {
  const guide = new URL(`../../../docs/guides/${name}.md`, import.meta.url);
  for (const { printed, promised } of await runDocument(new URL('../', import.meta.url), guide)) {
    expect(printed).toBe(promised);
  }
});
