import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../graph/graph.ts';
import type { TensorSpec } from '../tensor-data.ts';
import { CallSites, callSiteOf } from './call-site.ts';
import { registerTraceKernels } from './register-trace-kernels.ts';
import { requireResults } from './require-results.ts';
import { isTracing, TRACE_BACKEND, TraceBackend } from './trace-backend.ts';

/** A tfjs program over named tensors. */
export type TensorFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** Options of {@link trace}. */
export interface TraceOptions {
  /** Whether nodes say which line of the program they come from, which takes time. Default false. */
  readonly recordSites?: boolean;
  /** Whether the program is traced at other sizes too, and must do the same at all of them. Default false. */
  readonly openSizes?: boolean;
}

/**
 * Runs a tfjs program on symbolic tensors and returns the graph of what it did. Gradients that the program takes
 * (`tf.engine().gradients`, `tf.grads`, …) run on tfjs's own tape and are recorded like everything else.
 *
 * @param program pure: what it does may depend on shapes, not on values
 * @param inputs  the name, type and shape of each input
 * @throws {TypeError} if the program does not return tensors by name
 * @throws {Error} if the program uses a kernel that cannot be traced, reads a tensor's values or has shapes that do not
 * fit, naming the op, its shapes and the line of the program
 */
export function trace(
  program: TensorFunction,
  inputs: Readonly<Record<string, TensorSpec>>,
  { recordSites = false, openSizes = false }: TraceOptions = {},
): Graph {
  if (isTracing()) throw new Error('compile: a traced program must not start another trace.');
  registerTraceKernels();
  const engine = tf.engine();
  const stackTraceLimit = extendStackTraces();
  const backend = new TraceBackend({
    hasOpenSizes: openSizes,
    ...(recordSites && { callers: new CallSites() }),
  });
  const { builder } = backend;
  const outer: string | undefined = engine.backendName;
  tf.registerBackend(TRACE_BACKEND, () => backend, -1);
  void engine.setBackend(TRACE_BACKEND); // synchronous, because the factory is
  engine.startScope();
  try {
    const tensors = Object.entries(inputs).map(
      ([name, spec]) => [name, backend.tensor(builder.input(name, spec))] as const,
    );
    const results = requireResults(program(Object.fromEntries(tensors)));
    requireNoAssignment(backend);
    const outputs = Object.entries(results).map(
      ([name, tensor]) => [name, backend.valueFor(tensor)] as const,
    );
    tf.dispose(results); // the scope's end leaves those that the program keeps
    return builder.build(new Map(outputs));
  } catch (error) {
    throw located(error);
  } finally {
    (Error as StackTraces).stackTraceLimit = stackTraceLimit;
    engine.endScope();
    tf.removeBackend(TRACE_BACKEND);
    if (outer) void engine.setBackend(outer);
  }
}

/** @throws {Error} if the program assigned what it computes to a variable, which has lost its value */
function requireNoAssignment(backend: TraceBackend): void {
  for (const { name, shape } of Object.values(tf.engine().state.registeredVariables).filter((variable) =>
    backend.isSymbolic(variable),
  )) {
    throw new Error(
      `compile: the traced program assigns to the variable "${name}" of shape [${shape}], which would happen once, without a value; the variable is of no use any more. Return the new value as an output, and assign it after the run.`,
    );
  }
}

/** V8's setting; other engines ignore it. */
type StackTraces = { stackTraceLimit?: number | undefined };

/** tfjs puts a dozen frames between a kernel and the program, and V8 keeps ten. */
function extendStackTraces(): number | undefined {
  const { stackTraceLimit } = Error as StackTraces;
  (Error as StackTraces).stackTraceLimit = 100;
  return stackTraceLimit;
}

/** The error, saying in its message where the program caused it. */
function located(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const place = callSiteOf(error);
  if (place !== undefined && !error.message.includes(place))
    error.message += `\n  in the traced program at ${place}`;
  return error;
}
