import { type TensorData, tensorData } from '@wordloom/compile';
import { decodeSafetensors, encodeSafetensors, type Parameter } from '@wordloom/nn-core';
import { Gpt } from '../gpt/gpt.ts';
import { decodeGpt2Config, encodeGpt2Config } from './gpt2-config.ts';
import { gpt2Place, isMaskBuffer } from './gpt2-names.ts';

/** The two files of a Hugging Face GPT-2 checkpoint. */
export interface GptCheckpoint {
  /** The text of `config.json`. */
  readonly config: string;
  /** The bytes of `model.safetensors`. */
  readonly weights: Uint8Array;
}

const PREFIX = 'transformer.';

/**
 * Writes a GPT in the Hugging Face layout: `GPT2LMHeadModel.from_pretrained` loads it.
 *
 * A model without biases gets biases of zero in the file, which is the same function.
 */
export function encodeGptCheckpoint(model: Gpt): GptCheckpoint {
  const tensors: Record<string, TensorData> = {};
  const parameters = model.namedParameters();
  for (const [name, parameter] of parameters) {
    tensors[PREFIX + gpt2Place(name).name] = toCheckpoint(name, parameter);
    const bias = name.replace(/weight$/, 'bias');
    if (parameters.has(bias) || name.includes('Embedding')) continue;
    const size = parameter.shape[0]!;
    tensors[PREFIX + gpt2Place(bias).name] = tensorData(new Float32Array(size), [size]);
  }
  return {
    config: encodeGpt2Config(model.config),
    weights: encodeSafetensors(tensors, { format: 'pt' }),
  };
}

/**
 * Reads a Hugging Face GPT-2 checkpoint, with or without the `transformer.` prefix of its names, in float32, float16
 * or bfloat16.
 *
 * @param source what errors call the checkpoint, such as its folder
 * @returns a new model
 * @throws {RangeError | SyntaxError} naming the file and the field, byte or tensor that is not as expected
 */
export function decodeGptCheckpoint({ config, weights }: GptCheckpoint, source = 'checkpoint'): Gpt {
  const model = new Gpt(decodeGpt2Config(config, `${source}/config.json`), { initialize: false });
  const file = `${source}/model.safetensors`;
  const tensors = new Map<string, TensorData>();
  for (const [name, tensor] of decodeSafetensors(weights, file).tensors) {
    const shortName = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    if (!isMaskBuffer(shortName)) tensors.set(shortName, tensor);
  }
  const take = (name: string): TensorData | undefined => {
    const tensor = tensors.get(name);
    tensors.delete(name);
    return tensor;
  };

  const parameters = model.namedParameters();
  for (const [name, parameter] of parameters) {
    const place = gpt2Place(name);
    fromCheckpoint(parameter, take(place.name), { ...place, file });
    const bias = name.replace(/weight$/, 'bias');
    if (parameters.has(bias) || name.includes('Embedding')) continue;
    const { name: biasName } = gpt2Place(bias);
    if (take(biasName)?.data.some((value) => value !== 0)) {
      throw new RangeError(
        `${file}: ${biasName} must be zero where config.json says "bias": false, got other values.`,
      );
    }
  }
  requireTiedHead(take('lm_head.weight'), model, file);
  const [unexpected] = tensors.keys();
  if (unexpected !== undefined) {
    throw new RangeError(
      `${file}: tensors must be those of a GPT-2 with ${model.config.layerCount} layers, got '${unexpected}' as well.`,
    );
  }
  return model;
}

function toCheckpoint(name: string, { data, shape }: Parameter): TensorData {
  if (!gpt2Place(name).transposed) return tensorData(data, shape);
  const [rows, columns] = shape as [number, number];
  const transposed = new Float32Array(data.length);
  transpose(data, transposed, rows, columns);
  return tensorData(transposed, [columns, rows]);
}

function fromCheckpoint(
  parameter: Parameter,
  tensor: TensorData | undefined,
  { name, transposed, file }: { name: string; transposed: boolean; file: string },
): void {
  const expected = transposed ? parameter.shape.toReversed() : parameter.shape;
  if (!tensor) throw new RangeError(`${file}: ${name} must be there, with shape [${expected}], got nothing.`);
  const { dtype, shape, data } = tensor;
  if (dtype !== 'float32' || `${shape}` !== `${expected}`) {
    throw new RangeError(`${file}: ${name} must be float32 [${expected}], got ${dtype} [${shape}].`);
  }
  if (transposed) transpose(data as Float32Array, parameter.data, expected[0]!, expected[1]!);
  else parameter.data.set(data);
}

/** Some checkpoints store the tied output layer a second time. */
function requireTiedHead(head: TensorData | undefined, model: Gpt, file: string): void {
  const { data } = model.tokenEmbedding.weight;
  if (!head || (head.data.length === data.length && data.every((value, index) => value === head.data[index])))
    return;
  throw new RangeError(`${file}: lm_head.weight must equal wte.weight (tied embeddings), got other values.`);
}

/** `[rows, columns]` → `[columns, rows]` */
function transpose(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
  }
}
