import { OnnxSession } from './runtime/onnx-session.ts';
import type { Runtime } from './runtime/runtime.ts';

/** Options of {@link webRuntime}. */
export interface WebRuntimeOptions {
  /**
   * WebAssembly threads; default the processor's cores, at most 8. More than one needs a cross-origin isolated
   * page (COOP and COEP headers); elsewhere one is used.
   */
  readonly threads?: number;
  /** Where the runtime's `.mjs` and `.wasm` files are served: a folder's URL, or the URL of each. */
  readonly wasmPaths?: string | { readonly mjs?: string; readonly wasm?: string };
}

/**
 * ONNX Runtime in the browser, as SIMD WebAssembly, through the optional peer `onnxruntime-web`. Works in pages and
 * in Web Workers; in a page it computes on the main thread, so prefer a worker.
 *
 * @throws {Error} if `onnxruntime-web` is not installed or does not load
 * @throws {RangeError} if `threads` is not a positive integer
 */
export async function webRuntime({ threads, wasmPaths }: WebRuntimeOptions = {}): Promise<Runtime> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new RangeError(`webRuntime: threads must be a positive integer, got ${threads}.`);
  }
  const binding = await loadBinding();
  const isolated = globalThis.crossOriginIsolated === true;
  const usable = isolated ? (threads ?? Math.min(8, globalThis.navigator?.hardwareConcurrency ?? 1)) : 1;
  binding.env.wasm.numThreads = usable;
  if (wasmPaths !== undefined) binding.env.wasm.wasmPaths = wasmPaths;
  binding.env.logLevel = 'error';
  return {
    name: `onnxruntime-web, wasm, ${usable} ${usable === 1 ? 'thread' : 'threads'}`,
    async createSession(model) {
      const session = await binding.InferenceSession.create(model, {
        executionProviders: ['wasm'],
        enableMemPattern: false, // see nodeRuntime
      });
      return new OnnxSession(session, { Tensor: binding.Tensor, fillsOutputs: false });
    },
  };
}

async function loadBinding(): Promise<typeof import('onnxruntime-web/wasm')> {
  try {
    return await import('onnxruntime-web/wasm');
  } catch (cause) {
    throw new Error('webRuntime: onnxruntime-web does not load. Install it: npm install onnxruntime-web', {
      cause,
    });
  }
}
