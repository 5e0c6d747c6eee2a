import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coverageTable } from '../tools/coverage-table.ts';

/** Tables are aligned by the formatter: only the words count. */
const words = (text: string): string => text.replaceAll(/[ -]+/g, ' ');

test('the coverage table in the docs is that of the code', () => {
  const written = readFileSync(new URL('../../../docs/compile-coverage.md', import.meta.url), 'utf8');
  expect(words(written)).toBe(words(coverageTable()));
});
