import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { webRuntime } from '../../src/web.ts';
import { fewSteps } from '../few-steps.ts';

/** ONNX Runtime's threads are workers of their own, which resolve no relative address of ours. */
function absolute(url: string): string {
  return new URL(url, self.location.href).href;
}

const runtime = await webRuntime({ threads: 2, wasmPaths: { mjs: absolute(glue), wasm: absolute(binary) } });
self.postMessage({ runtime: runtime.name });
self.postMessage({ losses: await fewSteps(runtime) });
