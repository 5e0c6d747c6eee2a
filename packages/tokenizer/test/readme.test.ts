import { readFileSync } from 'node:fs';
import { format } from 'node:util';
import { expect, test } from 'vitest';
import * as tokenizer from '../src/index.ts';

test('the example in the README prints what the README says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code, output] = readme.match(
    /```ts\nimport .*? from '@wordloom\/tokenizer';\n(.*?)```\n\n```text\n(.*?)```/s,
  )!;
  const lines: string[] = [];
  const print = { log: (...values: unknown[]) => lines.push(`${format(...values)}\n`) };
  new Function(...Object.keys(tokenizer), 'console', code!)(...Object.values(tokenizer), print);
  expect(lines.join('')).toBe(output);
});
