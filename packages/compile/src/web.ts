import { openRuntime } from './runtime/open-runtime.ts';
import type { Runtime } from './runtime/runtime.ts';

/** Where ONNX Runtime computes in a browser. */
export type WebProvider = 'wasm' | 'webgpu';

/** Options of {@link webRuntime}. */
export interface WebRuntimeOptions {
  /** `wasm`, the default: SIMD WebAssembly. `webgpu`: the GPU; an operator that it lacks runs as WebAssembly. */
  readonly provider?: WebProvider;
  /**
   * WebAssembly threads; default the processor's cores, at most 8. More than one needs a cross-origin isolated
   * page (COOP and COEP headers); elsewhere one is used.
   */
  readonly threads?: number;
  /**
   * Where the runtime's `.mjs` and `.wasm` files are served: a folder's URL, or the URL of each. `wasm` loads
   * `ort-wasm-simd-threaded.*`, `webgpu` loads `ort-wasm-simd-threaded.asyncify.*`.
   */
  readonly wasmPaths?: string | { readonly mjs?: string; readonly wasm?: string };
}

/**
 * ONNX Runtime in the browser through the optional peer `onnxruntime-web`. Works in pages and in Web Workers; in a page
 * `wasm` computes on the main thread, so prefer a worker.
 *
 * @throws {Error} if `onnxruntime-web` is not installed or does not load, or if the provider does not work here
 * @throws {RangeError} if `threads` is not a positive integer or the provider is unknown
 */
export async function webRuntime({
  provider = 'wasm',
  threads,
  wasmPaths,
}: WebRuntimeOptions = {}): Promise<Runtime> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new RangeError(`webRuntime: threads must be a positive integer, got ${threads}.`);
  }
  if (provider !== 'wasm' && provider !== 'webgpu') {
    throw new RangeError(`webRuntime: provider must be wasm or webgpu, got ${provider}.`);
  }
  if (provider === 'webgpu') await requireAdapter();
  const binding = await loadBinding(provider);
  const isolated = globalThis.crossOriginIsolated === true;
  const usable = isolated ? (threads ?? Math.min(8, globalThis.navigator?.hardwareConcurrency ?? 1)) : 1;
  binding.env.wasm.numThreads = usable;
  if (wasmPaths !== undefined) binding.env.wasm.wasmPaths = wasmPaths;
  binding.env.logLevel = 'error';
  return openRuntime({
    binding,
    name: `onnxruntime-web, ${provider}, ${usable} ${usable === 1 ? 'thread' : 'threads'}`,
    provider,
    options: {
      executionProviders: provider === 'wasm' ? ['wasm'] : ['webgpu', 'wasm'],
      enableMemPattern: false, // see nodeRuntime
    },
    fillsOutputs: false,
    multipliesPacked: provider === 'webgpu', // ONNX Runtime has no fast kernel of it for WebAssembly
  });
}

async function loadBinding(provider: WebProvider): Promise<typeof import('onnxruntime-web/wasm')> {
  try {
    return await (provider === 'wasm' ? import('onnxruntime-web/wasm') : import('onnxruntime-web/webgpu'));
  } catch (cause) {
    throw new Error('webRuntime: onnxruntime-web does not load. Install it: npm install onnxruntime-web', {
      cause,
    });
  }
}

/** The part of WebGPU's interface that is used here; TypeScript's own library has it only for pages. */
interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** @throws {Error} if there is no WebGPU, or no adapter */
async function requireAdapter(): Promise<void> {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: Gpu };
  if (!gpu) {
    throw new Error(
      'webRuntime: the provider webgpu does not work here: there is no navigator.gpu. It needs a browser with WebGPU, and a page served over https or from localhost.',
    );
  }
  if (!(await gpu.requestAdapter())) {
    throw new Error(
      'webRuntime: the provider webgpu does not work here: there is no adapter. It needs a GPU that the browser supports.',
    );
  }
}
