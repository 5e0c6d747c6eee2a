import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { ONNX_NODE } from './onnx-node.ts';
import { TRACED_KERNELS } from './register-trace-kernels.ts';
import { UNTRACEABLE_KERNELS } from './untraceable-kernels.ts';

/** tfjs exports its kernels' names as constants, beside a few others. */
const KERNELS = Object.entries(tf)
  .filter(([name, value]) => typeof value === 'string' && (value === name || value === `_${name.slice(1)}`))
  .map(([, value]) => value as string);

test('every kernel of tfjs is traced, or refused with a reason, and none is both', () => {
  expect(KERNELS).toHaveLength(180);
  const both = [...TRACED_KERNELS].filter((name) => name in UNTRACEABLE_KERNELS);
  expect(both).toEqual([]);
  const known = [...TRACED_KERNELS, ...Object.keys(UNTRACEABLE_KERNELS)].filter((name) => name !== ONNX_NODE);
  expect(known.sort()).toEqual(KERNELS.sort());
});

test('every kernel that is traced is named in a test of its family', () => {
  const folder = new URL('./kernels/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  const tests = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('');
  const named = (name: string): boolean => new RegExp(`['\\s]${name}[':]`).test(tests) || name === ONNX_NODE;
  expect([...TRACED_KERNELS].filter((name) => !named(name))).toEqual([]);
});
