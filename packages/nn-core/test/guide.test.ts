import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runDocument } from '../../../tooling/vitest/readme.ts';

test.each(['measure-a-model', 'read-and-write-checkpoints', 'train-and-resume'])(
  'the guide %s prints what it says',
  async (name) => {
    const folder = new URL('../', import.meta.url);
    await rm(new URL(`.vitest/${name}`, folder), { recursive: true, force: true }); // what an earlier run left would be resumed
    const guide = new URL(`../../../docs/guides/${name}.md`, import.meta.url);
    for (const { printed, promised, line } of await runDocument(folder, guide)) {
      expect(printed, `line ${line}`).toBe(promised);
    }
  },
);
