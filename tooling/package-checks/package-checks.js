#!/usr/bin/env node
// Runs in a built package's folder: publint (is package.json right about the files?) and
// are-the-types-wrong (does every entry resolve, with its types, for ESM consumers?).
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

function run(packageName, binary, args) {
  const root = dirname(require.resolve(`${packageName}/package.json`));
  const { bin } = require(`${packageName}/package.json`);
  const script = join(root, typeof bin === 'string' ? bin : bin[binary]);
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('publint', 'publint', ['run', '--strict']);
run('@arethetypeswrong/cli', 'attw', ['--pack', '.', '--profile', 'esm-only']);
