import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WEBGPU_FALLBACKS } from '../src/runtime/webgpu-fallbacks.ts';
import { TRACED_KERNELS } from '../src/trace/register-trace-kernels.ts';
import { coverageTable } from '../tools/coverage-table.ts';
import { PROVIDER_FINDINGS } from '../tools/provider-findings.ts';
import { KERNEL_SAMPLES } from '../tools/samples/kernel-samples.ts';

/** Tables are aligned by the formatter: only the words count. */
const words = (text: string): string => text.replaceAll(/[ -]+/g, ' ');

test('the coverage table in the docs is that of the code', () => {
  const written = readFileSync(new URL('../../../docs/compile-coverage.md', import.meta.url), 'utf8');
  expect(words(written)).toBe(words(coverageTable()));
});

test('where operators run on WebGPU is known of every kernel and of the installed ONNX Runtime, and explain() has it', () => {
  const sampled = new Set(KERNEL_SAMPLES.map(({ kernel }) => kernel));
  expect([...TRACED_KERNELS].filter((kernel) => !sampled.has(kernel))).toEqual(['WordloomOnnxNode']);
  for (const [name, version] of Object.entries(PROVIDER_FINDINGS.versions)) {
    const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
    const installed = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version, `${name}: run tools/write-providers.ts`).toBe(installed.version);
  }
  expect([...WEBGPU_FALLBACKS]).toEqual(PROVIDER_FINDINGS.onProcessor);
});
