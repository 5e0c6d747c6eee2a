import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig, type UserConfig } from 'vite';

// A page must be cross-origin isolated to share memory between WebAssembly threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL('web', import.meta.url)),
  base: './',
  resolve: {
    // Workspace packages from source; ONNX Runtime's WebAssembly from the files that the worker names.
    conditions: ['@wordloom/source', 'onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  // The worker's dependencies: found at start, so that the first page view is not reloaded when they turn up.
  optimizeDeps: {
    include: [
      'preact',
      'preact/jsx-runtime',
      '@preact/signals',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      'onnxruntime-web/wasm',
    ],
  },
  server: { headers },
  preview: { headers },
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2023' },
});

export default config;
