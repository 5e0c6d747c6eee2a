// node assembly/build.js writes the kernels; with --check it only compares.
import { buildKernel } from '@wordloom/assembly';

const folder = new URL('.', import.meta.url);

await buildKernel({
  folder,
  sources: ['word-training.ts'],
  target: new URL('../src/word2vec/word-training-kernel.wasm.ts', import.meta.url),
  name: 'WORD_TRAINING_KERNEL',
  description: 'The WebAssembly module of assembly/word-training.ts, base64. It takes a shared memory.',
  initialMemory: 1,
  simd: true,
  sharedMemory: true,
});

await buildKernel({
  folder,
  sources: ['search.ts'],
  target: new URL('../src/search/search-kernel.wasm.ts', folder),
  name: 'SEARCH_KERNEL',
  description: 'The WebAssembly module of assembly/search.ts, base64.',
  initialMemory: 1,
  simd: true,
});

await buildKernel({
  folder,
  sources: ['text-training.ts'],
  target: new URL('../src/fasttext/text-training-kernel.wasm.ts', folder),
  name: 'TEXT_TRAINING_KERNEL',
  description: 'The WebAssembly module of assembly/text-training.ts, base64. It takes a shared memory.',
  initialMemory: 1,
  simd: true,
  sharedMemory: true,
});

await buildKernel({
  folder,
  sources: ['glove.ts'],
  target: new URL('../src/glove/glove-kernel.wasm.ts', folder),
  name: 'GLOVE_KERNEL',
  description: 'The WebAssembly module of assembly/glove.ts, base64. It takes a shared memory.',
  initialMemory: 1,
  simd: true,
  sharedMemory: true,
});
