import * as tf from '@tensorflow/tfjs-core';
import { composedFunction } from '../composed/composed-kernel.ts';
import { COMPOSED_KERNELS } from '../composed/traced-by-ops.ts';
import { COND, condGradient, condKernel } from '../control/cond-kernel.ts';
import { REMAT, rematGradient, rematKernel } from '../control/remat.ts';
import { SCAN, scanGradient, scanKernel } from '../control/scan-kernel.ts';
import { weightKernels } from '../quantization/weight-kernels.ts';
import { completeInputs } from './absent-inputs.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { elementwiseKernels } from './kernels/elementwise.ts';
import { composedKernels } from './kernels/elementwise-composed.ts';
import { indexingKernels } from './kernels/indexing.ts';
import { matrixKernels } from './kernels/matrix.ts';
import { poolingKernels } from './kernels/pooling.ts';
import { reductionKernels } from './kernels/reduction.ts';
import { resizingKernels } from './kernels/resizing.ts';
import { scatterKernels } from './kernels/scatter.ts';
import { shapeKernels } from './kernels/shape.ts';
import { ONNX_NODE, type OnnxNodeAttributes } from './onnx-node.ts';
import { TRACE_BACKEND, type TraceBackend } from './trace-backend.ts';
import type { KernelCall, TraceKernel, TraceKernels } from './trace-kernel.ts';
import { UNTRACEABLE_KERNELS } from './untraceable-kernels.ts';

const onnxNodeKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<OnnxNodeAttributes>) =>
  builder.nodes(attributes.operator, Object.values(inputs), attributes.attributes, attributes.outputs);

/** Kernels that are recorded as ONNX operators, by tfjs kernel name. */
export const TRACE_KERNELS: TraceKernels = {
  ...composedKernels,
  ...convolutionKernels,
  ...elementwiseKernels,
  ...indexingKernels,
  ...matrixKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...resizingKernels,
  ...scatterKernels,
  ...shapeKernels,
  [ONNX_NODE]: onnxNodeKernel,
};

/** The names of all kernels of tfjs that can be traced. */
export const TRACED_KERNELS: ReadonlySet<string> = new Set([
  ...Object.keys(TRACE_KERNELS),
  ...Object.keys(COMPOSED_KERNELS),
]);

/** Control flow, whose bodies are graphs of their own. */
const CONTROL_KERNELS: TraceKernels = { [COND]: condKernel, [REMAT]: rematKernel, [SCAN]: scanKernel };

let registered = false;

/** Makes the trace kernels known to tfjs, once. */
export function registerTraceKernels(): void {
  if (registered) return;
  registered = true;
  for (const gradient of [condGradient, rematGradient, scanGradient]) tf.registerGradient(gradient);
  for (const [kernelName, kernel] of Object.entries({
    ...TRACE_KERNELS,
    ...CONTROL_KERNELS,
    ...weightKernels,
  })) {
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: toKernelFunction(kernelName, kernel),
    });
  }
  for (const [kernelName, kernel] of Object.entries(COMPOSED_KERNELS)) {
    tf.registerKernel({ kernelName, backendName: TRACE_BACKEND, kernelFunc: composedFunction(kernel) });
  }
  for (const [kernelName, reason] of Object.entries(UNTRACEABLE_KERNELS)) {
    const refuse: TraceKernel = ({ inputs }) => {
      throw new Error(`compile: ${describeCall(kernelName, inputs)} cannot be traced: ${reason}.`);
    };
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: toKernelFunction(kernelName, refuse),
    });
  }
}

/** A kernel and what it was called with, such as `TopK(x: float32 [2,3])`. */
function describeCall(kernelName: string, inputs: KernelCall<unknown>['inputs']): string {
  const operands = Object.entries(inputs).map(([name, { dtype, shape }]) => `${name}: ${dtype} [${shape}]`);
  return `${kernelName}(${operands.join(', ')})`;
}

function toKernelFunction(kernelName: string, kernel: TraceKernel): tf.KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const trace = backend as TraceBackend;
    completeInputs(kernelName, inputs);
    trace.enter(kernelName);
    const values: Record<string, ReturnType<TraceBackend['valueFor']>> = {};
    for (const [name, tensor] of Object.entries(inputs))
      values[name] = trace.valueFor(tensor as tf.TensorInfo);
    const result = run(kernelName, kernel, {
      inputs: values,
      attributes: attrs ?? {},
      builder: trace.builder,
    });
    return 'source' in result ? trace.tensorInfo(result) : result.map((value) => trace.tensorInfo(value));
  };
}

/** Errors of a kernel name the call they come from. */
function run(kernelName: string, kernel: TraceKernel, call: KernelCall<object>): ReturnType<TraceKernel> {
  try {
    return kernel(call);
  } catch (error) {
    if (error instanceof Error && !error.message.startsWith('compile: ')) {
      error.message = `compile: ${describeCall(kernelName, call.inputs)}: ${error.message}`;
    }
    throw error;
  }
}
