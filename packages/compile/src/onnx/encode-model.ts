import type { Graph } from '../graph/graph.ts';
import type { StoredData, TensorData } from '../tensor-data.ts';
import { GraphEncoder, MICROSOFT_DOMAIN, type PassedConstant } from './graph-encoder.ts';
import type { ModelOptions } from './model-options.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** A serialized model. */
export interface EncodedModel {
  readonly model: Uint8Array;
  /** Constants that are not in the model but are inputs of it, to be passed at every run, by name. */
  readonly passed: ReadonlyMap<string, TensorData | StoredData>;
}

/** Largest size of a message: lengths are 32-bit numbers with a sign. */
const PROTOBUF_LIMIT = 0x7fffffff;
const IR_VERSION = 10;

/**
 * Serializes a graph as an ONNX `ModelProto`.
 *
 * Uniform values become one-element initializers where they are scalars and `ConstantOfShape` nodes where not, so
 * that no file carries arrays of equal numbers.
 *
 * @throws {RangeError} if the model is larger than the format allows
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers)
 */
export function encodeModel(graph: Graph, options: ModelOptions = {}): EncodedModel {
  const { opset = 20, microsoft = true, description, metadata = {} } = options;
  const passed = new Map<string, PassedConstant>();
  const model = new ProtobufWriter();
  model.integer(1, IR_VERSION);
  model.string(2, 'wordloom');
  if (description !== undefined) model.string(6, description);
  model.message(7, (writer) => new GraphEncoder(writer, options, passed).encodeProgram(graph));
  model.message(8, (entry) => entry.integer(2, opset));
  if (microsoft) {
    model.message(8, (entry) => {
      entry.string(1, MICROSOFT_DOMAIN);
      entry.integer(2, 1);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, (entry) => {
      entry.string(1, key);
      entry.string(2, value);
    });
  }
  if (model.length > PROTOBUF_LIMIT) {
    throw new RangeError(
      `encodeModel: a model must be smaller than 2 GiB, got ${model.length} bytes. Keep its weights in a file of their own (externalData).`,
    );
  }
  return { model: model.finish(), passed: passed as EncodedModel['passed'] };
}
