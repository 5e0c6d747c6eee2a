import type { OperatorTime } from '../explain/explanation.ts';
import type { StoredData, TensorData } from '../tensor-data.ts';

/** Where ONNX Runtime computes. On a GPU, what it lacks runs on the processor. */
export type ExecutionProvider = 'cpu' | 'cuda' | 'wasm' | 'webgpu';

/** Runs ONNX models: ONNX Runtime in Node (`@wordloom/compile/node`) or in the browser (`@wordloom/compile/web`). */
export interface Runtime {
  /** For people: `onnxruntime-node, cpu, 2 threads`. */
  readonly name: string;
  /** Default: one without a GPU. */
  readonly provider?: ExecutionProvider;
  /** Whether `MatMulNBits` multiplies a few rows faster than a weight is expanded; default false. */
  readonly multipliesPacked?: boolean;
  /** @param model a serialized ONNX `ModelProto` */
  createSession(model: Uint8Array): Promise<RuntimeSession>;
  /**
   * Times the operators of a model, the longest first; only where the runtime can.
   *
   * @param runs how many runs to average over, after two that do not count
   */
  profile?(
    model: Uint8Array,
    inputs: Readonly<Record<string, TensorData | StoredData>>,
    outputs: Readonly<Record<string, TensorData>>,
    runs: number,
  ): Promise<readonly OperatorTime[]>;
}

/** @throws {TypeError} if it is no runtime: a promise of one, or nothing */
export function requireRuntime(caller: string, runtime: Runtime | undefined): void {
  if (typeof runtime?.createSession === 'function') return;
  const isPromise = typeof (runtime as unknown as PromiseLike<Runtime> | undefined)?.then === 'function';
  throw new TypeError(
    `${caller}: runtime must be what nodeRuntime() or webRuntime() resolves to, got ${isPromise ? 'a promise. Put await before it.' : `${runtime}.`}`,
  );
}

/** One model, ready to run. */
export interface RuntimeSession {
  /** Runs the model once; the arrays of `outputs` are filled in place. */
  run(
    inputs: Readonly<Record<string, TensorData | StoredData>>,
    outputs: Readonly<Record<string, TensorData>>,
  ): Promise<void>;
  release(): Promise<void>;
}
