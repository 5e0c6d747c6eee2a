// node assembly/build.js writes the kernels; with --check it only compares.
import { buildKernel } from '@wordloom/assembly';

await buildKernel({
  folder: new URL('.', import.meta.url),
  sources: ['optimizer.ts', 'factored.ts'],
  target: new URL('../src/optimizers/optimizer-kernel.wasm.ts', import.meta.url),
  name: 'OPTIMIZER_KERNEL',
  description: 'The WebAssembly module of the optimizer kernels, base64.',
  initialMemory: 6,
  simd: true,
});
