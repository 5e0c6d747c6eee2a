import type { GptActivation, GptConfig } from '../gpt/gpt-config.ts';

/** Their names of activations; `gelu_pytorch_tanh` is the same function as `gelu_new`. */
const ACTIVATIONS: Readonly<Record<string, GptActivation>> = {
  gelu: 'gelu',
  gelu_new: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
};

type Json = Readonly<Record<string, unknown>>;

/**
 * The text of a Hugging Face `config.json` for a GPT.
 *
 * `bias` is a field of ours: Hugging Face's GPT-2 always has biases and ignores it.
 */
export function encodeGpt2Config(config: Required<GptConfig>): string {
  const json = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    vocab_size: config.vocabSize,
    n_positions: config.contextLength,
    n_embd: config.embeddingSize,
    n_head: config.headCount,
    n_layer: config.layerCount,
    n_inner: null,
    activation_function: config.activation,
    attn_pdrop: config.dropout,
    embd_pdrop: config.dropout,
    resid_pdrop: config.dropout,
    layer_norm_epsilon: config.normEpsilon,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    torch_dtype: 'float32',
    bias: config.bias,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Reads a Hugging Face `config.json` of a GPT-2.
 *
 * Fields that are not there have GPT-2's defaults. Of the three dropout rates, `resid_pdrop` is taken for all.
 *
 * @param source what errors call the text, such as its path
 * @throws {SyntaxError} if the text is not JSON
 * @throws {RangeError} naming the field that is missing, malformed, or asks for what {@link Gpt} does not have
 */
export function decodeGpt2Config(text: string, source: string): GptConfig {
  const json = parse(text, source);
  const require = (field: string, holds: boolean, expectation: string): void => {
    if (holds) return;
    const got = json[field] === undefined ? 'nothing' : JSON.stringify(json[field]);
    throw new RangeError(`${source}: ${field} must be ${expectation}, got ${got}.`);
  };
  const size = (field: string): number => {
    const value = json[field];
    require(field, Number.isSafeInteger(value) && (value as number) > 0, 'a positive integer');
    return value as number;
  };
  const fraction = (field: string, value: unknown = json[field]): number => {
    require(field, typeof value === 'number' && value >= 0 && value < 1, 'a number in [0, 1)');
    return value as number;
  };
  /** A switch that must stand as it does in GPT-2. */
  const only = (field: string, ...values: readonly unknown[]): void => {
    require(field, values.includes(
      json[field] ?? values[0],
    ), `${values.map((value) => JSON.stringify(value)).join(' or ')}`);
  };

  only('model_type', 'gpt2');
  const embeddingSize = size('n_embd');
  const headCount = size('n_head');
  require('n_embd', embeddingSize % headCount === 0, `a multiple of n_head (${headCount})`);
  only('n_inner', null, 4 * embeddingSize);
  only('scale_attn_weights', true);
  only('scale_attn_by_inverse_layer_idx', false);
  only('tie_word_embeddings', true);
  only('add_cross_attention', false);
  only('bias', true, false);
  const activation = ACTIVATIONS[String(json.activation_function ?? 'gelu_new')];
  require('activation_function', activation !== undefined, `one of ${Object.keys(ACTIVATIONS).join(', ')}`);
  const normEpsilon = fraction('layer_norm_epsilon', json.layer_norm_epsilon ?? 1e-5);
  require('layer_norm_epsilon', normEpsilon > 0, 'above 0');
  return {
    vocabSize: size('vocab_size'),
    contextLength: size('n_positions'),
    embeddingSize,
    headCount,
    layerCount: size('n_layer'),
    dropout: fraction('resid_pdrop', json.resid_pdrop ?? 0.1),
    bias: json.bias !== false,
    activation: activation!,
    normEpsilon,
  };
}

function parse(text: string, source: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${source} must be JSON, got: ${(error as Error).message}`, { cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new RangeError(`${source} must be a JSON object, got ${JSON.stringify(json)}.`);
  }
  return json as Json;
}
