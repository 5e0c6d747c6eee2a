#!/usr/bin/env node
// Runs in a built package's folder: publint (is package.json right about the files?) and
// are-the-types-wrong (does every entry resolve, with its types, for ESM consumers?).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

function run(binary, ...args) {
  const path = fileURLToPath(new URL(`node_modules/.bin/${binary}`, import.meta.url));
  const { status } = spawnSync(path, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('publint', 'run', '--strict');
run('attw', '--pack', '.', '--profile', 'esm-only');
