import * as tf from '@tensorflow/tfjs-core';
import { ensureGradients } from '../src/index.ts';
import { ONNX_NODE } from '../src/trace/onnx-node.ts';
import { TRACED_KERNELS } from '../src/trace/register-trace-kernels.ts';
import { UNTRACEABLE_KERNELS } from '../src/trace/untraceable-kernels.ts';

/** Every kernel of the installed tfjs-core: whether it can be traced, and whether it has a gradient. */
export function coverageTable(): string {
  ensureGradients();
  const exported = Object.entries(tf)
    .filter(
      ([name, value]) => typeof value === 'string' && /^[A-Z_]/.test(name) && name !== 'OP_SCOPE_SUFFIX',
    )
    .map(([, value]) => value as string);
  const names = [...new Set([...exported, ...TRACED_KERNELS])]
    .filter((name) => name !== ONNX_NODE && /^[A-Z_][A-Za-z0-9]+$/.test(name))
    .sort();
  const rows = names.map((name) => {
    const traced = TRACED_KERNELS.has(name);
    const state = traced ? 'yes' : `no: ${UNTRACEABLE_KERNELS[name] ?? 'no op of tfjs runs it'}`;
    return `| \`${name}\` | ${state} | ${tf.getGradient(name) ? 'yes' : ''} |`;
  });
  const count = names.filter((name) => TRACED_KERNELS.has(name)).length;
  return [
    '# Kernels that can be traced',
    '',
    `${count} of the ${names.length} kernels of tfjs-core ${tf.version_core}. Written by \`packages/compile/tools/write-coverage.ts\`.`,
    'A kernel without a gradient can still be part of a program that is differentiated, where its result does not depend on',
    'what is differentiated, or where it is composed by tfjs from others.',
    '',
    '| kernel | traced | gradient |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
