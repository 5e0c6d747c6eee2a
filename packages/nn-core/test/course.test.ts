import { expect, test } from 'vitest';
import { readBlocks, runDocument } from '../../../tooling/vitest/readme.ts';

const chapter = (name: string): URL => new URL(`../../../docs/course/${name}`, import.meta.url);

test('every block of the chapter on backpropagation prints what stands below it', async () => {
  const blocks = await runDocument(new URL('../', import.meta.url), chapter('backpropagation.md'));
  expect(blocks.length).toBeGreaterThan(5);
  for (const { printed, promised, line } of blocks) expect(printed, `line ${line}`).toBe(promised);
});

test('the chapter in Chinese has the same program and the same output', async () => {
  const comparable = async (name: string): Promise<string[][]> =>
    (await readBlocks(chapter(name))).map(({ code, promised }) => [code.replace(/ *\/\/.*/g, ''), promised]);
  expect(await comparable('backpropagation.zh.md')).toEqual(await comparable('backpropagation.md'));
});
