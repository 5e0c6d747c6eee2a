import { availableParallelism } from 'node:os';
import { OnnxSession } from './runtime/onnx-session.ts';
import type { Runtime } from './runtime/runtime.ts';

/** Options of {@link nodeRuntime}. */
export interface NodeRuntimeOptions {
  /** Threads that one operator may use; default the processor's cores. */
  readonly threads?: number;
}

/**
 * ONNX Runtime in Node, on the CPU, through the optional peer `onnxruntime-node`.
 *
 * @throws {Error} if `onnxruntime-node` is not installed or does not load
 * @throws {RangeError} if `threads` is not a positive integer
 */
export async function nodeRuntime({
  threads = availableParallelism(),
}: NodeRuntimeOptions = {}): Promise<Runtime> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`nodeRuntime: threads must be a positive integer, got ${threads}.`);
  }
  const binding = await loadBinding();
  return {
    name: `onnxruntime-node, cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    async createSession(model) {
      const session = await binding.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        enableMemPattern: false, // which plans one block for everything at once: nearly twice the memory
      });
      return new OnnxSession(session, { Tensor: binding.Tensor, fillsOutputs: true });
    },
  };
}

async function loadBinding(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new Error('nodeRuntime: onnxruntime-node does not load. Install it: npm install onnxruntime-node', {
      cause,
    });
  }
}
