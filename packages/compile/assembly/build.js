// node assembly/build.js writes the kernel; with --check it only compares.
import { buildKernel } from '@wordloom/assembly';

await buildKernel({
  folder: new URL('.', import.meta.url),
  sources: ['dropout-mask.ts'],
  target: new URL('../src/random/dropout-mask.wasm.ts', import.meta.url),
  name: 'DROPOUT_MASK',
  description: 'The WebAssembly module of the dropout masks, base64.',
  initialMemory: 2,
  simd: true,
});
