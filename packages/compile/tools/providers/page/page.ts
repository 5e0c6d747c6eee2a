import glue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
import { runSamples, type SampleFindings } from '../run-samples.ts';

function absolute(url: string): string {
  return new URL(url, location.href).href;
}

function measure(): Promise<SampleFindings> {
  // ONNX Runtime prints its profile, by the function that it finds here when it is loaded.
  let lines: string[] = [];
  console.log = (...values: unknown[]) => void lines.push(values.join(' '));
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = { mjs: absolute(glue), wasm: absolute(binary) };
  env.logLevel = 'fatal';
  return runSamples({
    InferenceSession,
    Tensor,
    executionProviders: ['webgpu', 'wasm'],
    async endProfile(session) {
      lines = [];
      session.endProfiling();
      return lines.join('\n');
    },
  });
}

Object.assign(globalThis, { measure });
