import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { webRuntime } from '@wordloom/compile/web';
import gpuGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { JobFiles, Ready, TrainJob } from '../src/contestants/protocol.ts';
import { type Turns, trainTurns } from '../src/contestants/train-turns.ts';
import { versionsOf } from '../src/contestants/versions.ts';

/** What computes in a page: Wordloom's compiled graphs on WebAssembly or WebGPU, or a peer. */
export type WebEngine = 'wordloom-wasm' | 'wordloom-webgpu' | 'tfjs-wasm' | 'jax-js' | 'nanogpt';

/** Prepares a job on an engine, in a worker. */
export async function prepare(engine: WebEngine, job: TrainJob, files: JobFiles): Promise<Ready & Turns> {
  const { threads } = job;
  switch (engine) {
    case 'wordloom-wasm': {
      const wasmPaths = { mjs: absolute(glue), wasm: absolute(binary) };
      const runtime = await webRuntime({ threads, wasmPaths });
      const versions = versionsOf('onnxruntime-web');
      return { ...(await trainTurns(job, files, { runtime, versions })), versions };
    }
    case 'wordloom-webgpu': {
      const wasmPaths = { mjs: absolute(gpuGlue), wasm: absolute(gpuBinary) };
      const runtime = await webRuntime({ provider: 'webgpu', threads, wasmPaths });
      const versions = versionsOf('onnxruntime-web');
      return { ...(await trainTurns(job, files, { runtime, versions })), versions };
    }
    case 'tfjs-wasm': {
      const { getThreadsCount, setThreadsCount, setWasmPaths } = await import(
        '@tensorflow/tfjs-backend-wasm'
      );
      setWasmPaths({
        'tfjs-backend-wasm.wasm': absolute(plain),
        'tfjs-backend-wasm-simd.wasm': absolute(simd),
        'tfjs-backend-wasm-threaded-simd.wasm': absolute(threadedSimd),
      });
      // It takes half of the processor's cores at most, for it takes them for hyper-threads.
      Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads });
      setThreadsCount(threads);
      if (!(await tf.setBackend('wasm'))) throw new Error('tfjs-backend-wasm does not start.');
      if (getThreadsCount() !== threads)
        throw new Error(`tfjs-backend-wasm has ${getThreadsCount()} threads.`);
      const versions = versionsOf('@tensorflow/tfjs-backend-wasm');
      return { ...(await trainTurns(job, files, { versions })), versions };
    }
    case 'jax-js': {
      const { jaxTurns } = await import('../peers/jax-js.ts');
      return { ...(await jaxTurns(job, files)), versions: versionsOf('@jax-js/jax') };
    }
    case 'nanogpt': {
      const { nanogptTurns } = await import('../peers/nanogpt.ts');
      return { ...(await nanogptTurns(job, files)), versions: versionsOf('@genai-fi/nanogpt') };
    }
  }
}

/** WebAssembly's threads are workers of their own, which resolve no relative address of ours. */
function absolute(url: string): string {
  return new URL(url, self.location.href).href;
}
