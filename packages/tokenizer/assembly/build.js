// node assembly/build.js writes the kernel; with --check it only compares.
import { buildKernel } from '@wordloom/assembly';

await buildKernel({
  folder: new URL('.', import.meta.url),
  sources: ['byte-pair.ts'],
  target: new URL('../src/byte-pair/kernel/byte-pair-kernel.wasm.ts', import.meta.url),
  name: 'BYTE_PAIR_KERNEL',
  description: 'The WebAssembly module of assembly/byte-pair.ts, base64.',
  initialMemory: 1,
  simd: true,
});
