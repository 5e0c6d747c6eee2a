import { writeFileSync } from 'node:fs';
import { coverageTable } from './coverage-table.ts';

// Run with: node --conditions=@wordloom/source --import tsx tools/write-coverage.ts
writeFileSync(new URL('../../../docs/compile-coverage.md', import.meta.url), coverageTable());
