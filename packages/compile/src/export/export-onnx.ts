import type * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../graph/graph.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { ExternalData } from '../onnx/external-data.ts';
import { MICROSOFT_OPERATORS } from '../onnx/graph-encoder.ts';
import { optimize } from '../passes/optimize.ts';
import { constantMaker } from '../quantization/weight-expansion.ts';
import { dimensionNames } from '../sizes/generalize.ts';
import { type InputSpecs, requireRanges } from '../sizes/input-spec.ts';
import type { DimensionRange } from '../sizes/sample-sizes.ts';
import { traceAtSizes } from '../sizes/trace-at-sizes.ts';
import { ShapeError, sizeOf, type TensorData } from '../tensor-data.ts';
import { traceBackend } from '../trace/trace-backend.ts';
import { dropBarriers, findOperator, useStandardOperators } from './standard-operators.ts';
import { storeWeights } from './store-weights.ts';

/** Options of {@link exportOnnx}. */
export interface ExportOnnxOptions {
  /** By name. */
  readonly inputs: InputSpecs;
  /** Weights, by the names that they have in the file; the program gets them as its second argument. Default none. */
  readonly parameters?: Readonly<Record<string, TensorData>>;
  /** The ranges of named sizes. */
  readonly dimensions?: Readonly<Record<string, DimensionRange>>;
  /**
   * `standard`, the default: operators of the ONNX standard only, for any runtime. `onnxruntime`: also those of ONNX Runtime
   * (`com.microsoft`), which is faster there.
   */
  readonly operators?: 'standard' | 'onnxruntime';
  /** Name of the graph; default `program`. */
  readonly name?: string;
  /** For people: the model's `doc_string`. */
  readonly description?: string;
  /** The model's `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of a file beside the model that takes tensors of 1 KiB and more; models of 2 GiB need it. Default: all in one file. */
  readonly externalData?: string;
}

/** A model as a file, or as two. */
export interface OnnxFile {
  /** A serialized ONNX `ModelProto`. */
  readonly model: Uint8Array;
  /** The file beside it: its name, and its contents piece by piece. */
  readonly externalData?: { readonly location: string; readonly pieces: readonly Uint8Array[] };
}

/** A tfjs program over named inputs and named weights. */
export type OnnxProgram = (
  inputs: Record<string, tf.Tensor>,
  parameters: Record<string, tf.Tensor>,
) => Record<string, tf.Tensor>;

/**
 * Writes a program as an ONNX model that any runtime can run: opset 20, or 21 with quantized weights, which stay quantized. Dropout is off.
 *
 * A size with a name may be any when the model runs. Programs are traced at fixed sizes, so this one is traced at several, and what differs must follow
 * from the sizes: see {@link DimensionRange}. What it does at sizes outside the range is not checked.
 *
 * @param program pure: what it does may depend on shapes, not on values
 * @throws {Error} if the program cannot be traced, or does something else at other sizes
 * @throws {RangeError} if names clash, a range is empty, or the model has 2 GiB or more without `externalData`
 * @see https://onnx.ai/onnx/repo-docs/IR.html
 * @example
 * const { model } = exportOnnx(({ x }, { weight, bias }) => ({ y: linear(x, weight, bias) }), {
 *   inputs: { x: { dtype: 'float32', shape: ['batch', 4] } }, parameters: { weight, bias },
 * });
 */
export function exportOnnx(program: OnnxProgram, options: ExportOnnxOptions): OnnxFile {
  const { inputs, parameters = {}, dimensions: ranges = {}, operators = 'standard' } = options;
  const { name, description, metadata } = options;
  requireRanges('exportOnnx', inputs, ranges);
  const store = storeWeights(operators, constantMaker());
  const { graph, shapes } = traceAtSizes({
    caller: 'exportOnnx',
    program: (tensors) => program(tensors, namedConstants(parameters)),
    inputs,
    ranges,
    shape(traced) {
      if (traced.randomInputs.length > 0) {
        throw new Error(
          'exportOnnx: the program must not draw random numbers. Leave withRandomness out of it.',
        );
      }
      const optimized = optimize(store(dropBarriers(traced)));
      return operators === 'standard' ? useStandardOperators(optimized) : optimized;
    },
  });
  const takenNames = requireNames(graph, options);
  if (operators === 'standard') requireStandard(graph);

  const externalData =
    options.externalData === undefined ? undefined : new ExternalData(options.externalData);
  const { model } = encodeModel(graph, {
    opset: findOperator(graph, new Set(['DequantizeLinear'])) ? 21 : 20,
    microsoft: operators === 'onnxruntime',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(metadata && { metadata }),
    outputName: (output) => output,
    takenNames,
    dimensions: dimensionNames(shapes),
    holdsWeights: true,
    ...(externalData && { externalData }),
  });
  return { model, ...(externalData && { externalData }) };
}

/** Parameters as constants of the graph that is being traced. */
function namedConstants(parameters: Readonly<Record<string, TensorData>>): Record<string, tf.Tensor> {
  const constants = Object.entries(parameters).map(([name, tensor]) => [name, namedConstant(name, tensor)]);
  return Object.fromEntries(constants);
}

function namedConstant(name: string, { dtype, shape, data }: TensorData): tf.Tensor {
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `exportOnnx: parameters["${name}"] must hold as many elements as its shape, got [${shape}] for ${data.length} elements.`,
    );
  }
  const backend = traceBackend();
  return backend.tensor(backend.builder.constant(data, { dtype, shape }, name));
}

/** @throws {RangeError} if two things have one name */
function requireNames(graph: Graph, { inputs, parameters = {} }: ExportOnnxOptions): Set<string> {
  const taken = new Set<string>();
  for (const name of [...Object.keys(inputs), ...Object.keys(parameters), ...graph.outputs.keys()]) {
    if (name === '' || taken.has(name)) {
      throw new RangeError(
        `exportOnnx: inputs, parameters and outputs must have names of their own, got "${name}" ${name === '' ? '' : 'twice'}.`,
      );
    }
    taken.add(name);
  }
  return taken;
}

/** @throws {Error} if an operator has no standard form */
function requireStandard(graph: Graph): void {
  const found = findOperator(graph, MICROSOFT_OPERATORS);
  if (found === undefined) return;
  throw new Error(
    `exportOnnx: the program uses ${found}, which the ONNX standard does not have. Export it with operators: 'onnxruntime'.`,
  );
}
