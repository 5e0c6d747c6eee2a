import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';

test('the example in the README prints what the README says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const block = (language: string): string => readme.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;
  const folder = new URL('../.vitest/readme/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL('example.ts', folder);
  writeFileSync(file, block('ts'));
  process.chdir(folder.pathname); // it saves a file
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import(/* @vite-ignore */ file.href);
  const lines = log.mock.calls.map((words) => `${words.join(' ')}\n`);
  log.mockRestore();
  expect(lines.join('')).toBe(block('text'));
});
