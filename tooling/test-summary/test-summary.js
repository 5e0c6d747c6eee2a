// Sums the test results that each workspace with tests left in .vitest/results.json, and prints one line.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const workspaces = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}`),
);
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const workspace of workspaces) {
  if (!existsSync(`${workspace}/vitest.config.ts`)) continue;
  const file = `${workspace}/.vitest/results.json`;
  if (!existsSync(file)) {
    console.error(`${workspace} left no test results.`);
    totals.failed++;
    continue;
  }
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = results;
  totals.passed += numPassedTests;
  totals.failed += numFailedTests > 0 ? numFailedTests : numFailedTestSuites; // a file that did not load has no tests
  totals.skipped += numPendingTests + numTodoTests;
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
