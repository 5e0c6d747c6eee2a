import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';

/** One call of a tfjs kernel during a trace. */
export interface KernelCall<Attributes> {
  /** The kernel's tensors by tfjs's names; optional ones may be absent. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: Attributes;
  readonly builder: GraphBuilder;
}

/** Records what a tfjs kernel means in ONNX and returns its output or outputs. */
// biome-ignore lint/suspicious/noExplicitAny: each kernel names the attributes that tfjs gives it
export type TraceKernel = (call: KernelCall<any>) => Value | readonly Value[];

/** Kernels by tfjs kernel name. */
export type TraceKernels = Readonly<Record<string, TraceKernel>>;
