import * as tf from '@tensorflow/tfjs-core';
import { elementwiseKernels } from './kernels/elementwise.ts';
import { composedKernels } from './kernels/elementwise-composed.ts';
import { indexingKernels } from './kernels/indexing.ts';
import { matrixKernels } from './kernels/matrix.ts';
import { reductionKernels } from './kernels/reduction.ts';
import { scatterKernels } from './kernels/scatter.ts';
import { shapeKernels } from './kernels/shape.ts';
import { ONNX_NODE, type OnnxNodeAttributes } from './onnx-node.ts';
import { TRACE_BACKEND, type TraceBackend } from './trace-backend.ts';
import type { KernelCall, TraceKernel, TraceKernels } from './trace-kernel.ts';

const onnxNodeKernel: TraceKernel = ({ inputs, attributes, builder }: KernelCall<OnnxNodeAttributes>) =>
  builder.nodes(attributes.operator, Object.values(inputs), attributes.attributes, attributes.outputs);

/** Every kernel that can be traced, by tfjs kernel name. */
export const TRACE_KERNELS: TraceKernels = {
  ...composedKernels,
  ...elementwiseKernels,
  ...indexingKernels,
  ...matrixKernels,
  ...reductionKernels,
  ...scatterKernels,
  ...shapeKernels,
  [ONNX_NODE]: onnxNodeKernel,
};

let registered = false;

/** Makes the trace kernels known to tfjs, once. */
export function registerTraceKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, kernel] of Object.entries(TRACE_KERNELS)) {
    tf.registerKernel({ kernelName, backendName: TRACE_BACKEND, kernelFunc: toKernelFunction(kernel) });
  }
}

function toKernelFunction(kernel: TraceKernel): tf.KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const trace = backend as TraceBackend;
    const values: Record<string, ReturnType<TraceBackend['valueFor']>> = {};
    for (const [name, tensor] of Object.entries(inputs)) {
      if (tensor) values[name] = trace.valueFor(tensor as tf.TensorInfo);
    }
    const result = kernel({ inputs: values, attributes: attrs ?? {}, builder: trace.builder });
    return 'source' in result ? trace.tensorInfo(result) : result.map((value) => trace.tensorInfo(value));
  };
}
