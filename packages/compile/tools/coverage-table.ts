import * as tf from '@tensorflow/tfjs-core';
import { ensureGradients } from '../src/index.ts';
import { ONNX_NODE } from '../src/trace/onnx-node.ts';
import { TRACED_KERNELS } from '../src/trace/register-trace-kernels.ts';
import { UNTRACEABLE_KERNELS } from '../src/trace/untraceable-kernels.ts';
import { PROVIDER_FINDINGS } from './provider-findings.ts';
import { providersOf } from './providers-of-sample.ts';
import { KERNEL_SAMPLES } from './samples/kernel-samples.ts';
import { OP_SAMPLES } from './samples/op-samples.ts';

/** Every kernel of the installed tfjs-core: whether it can be traced, whether it has a gradient, and where it runs on WebGPU. */
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
    const samples = KERNEL_SAMPLES.filter(({ kernel }) => kernel === name);
    return `| \`${name}\` | ${state} | ${tf.getGradient(name) ? 'yes' : ''} | ${traced ? providersOf(samples) : ''} |`;
  });
  const count = names.filter((name) => TRACED_KERNELS.has(name)).length;
  const { versions } = PROVIDER_FINDINGS;
  return [
    '# Kernels that can be traced',
    '',
    `${count} of the ${names.length} kernels of tfjs-core ${tf.version_core}. Written by \`packages/compile/tools/write-coverage.ts\`.`,
    'A kernel without a gradient can still be part of a program that is differentiated, where its result does not depend on',
    'what is differentiated, or where it is composed by tfjs from others.',
    '',
    '**Where it runs.** ONNX Runtime has all of them on the processor, in Node and as WebAssembly. On WebGPU `GPU` means that all of the',
    "kernel's operators run there. Otherwise those stand there, with the types of their operands, which ONNX Runtime silently leaves to the",
    'processor, so that tensors are copied to it and back; `fails` is an error, or a wrong result, while the program runs. Found out by `tools/write-providers.ts`, which',
    `runs a program of each kernel, on floats and where they can be on integers and flags, on a GPU in software, with onnxruntime-node ${versions['onnxruntime-node']} and with`,
    `onnxruntime-web ${versions['onnxruntime-web']} in Chromium: both do the same. \`explain()\` says the same of a program of yours.`,
    'Shaders may take NaN and infinities for any number.',
    '',
    '| kernel | traced | gradient | on WebGPU |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    "## This package's ops",
    '',
    'With their gradients.',
    '',
    '| op | on WebGPU |',
    '| --- | --- |',
    ...OP_SAMPLES.map((sample) => `| \`${sample.kernel}\` | ${providersOf([sample])} |`),
    '',
  ].join('\n');
}
