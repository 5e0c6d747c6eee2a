import { ShapeError } from '@wordloom/compile';
import {
  decodeSafetensors,
  encodeSafetensors,
  loadParameters,
  type Module,
  modelData,
} from '@wordloom/nn-core';
import { SequenceClassifier } from '../classifier/sequence-classifier.ts';
import { RecurrentLanguageModel } from '../language-model/recurrent-language-model.ts';
import { Seq2Seq } from '../seq2seq/seq2seq.ts';

/** The models that checkpoints hold, by the `model_type` of their `config.json`. */
export interface RecurrentModels {
  'recurrent-language-model': RecurrentLanguageModel;
  'sequence-classifier': SequenceClassifier;
  seq2seq: Seq2Seq;
}

/** A name of {@link RecurrentModels}. */
export type RecurrentModelType = keyof RecurrentModels;

/** The two files of a model. */
export interface ModelCheckpoint {
  /** The text of `config.json`: `model_type`, the fields of the model's configuration, and what was given along. */
  readonly config: string;
  /** The bytes of `model.safetensors`: parameters by their names in the model, those of layers as PyTorch has them. */
  readonly weights: Uint8Array;
}

/** What a checkpoint held. */
export interface DecodedCheckpoint<Type extends RecurrentModelType = RecurrentModelType> {
  readonly type: Type;
  readonly model: RecurrentModels[Type];
  /** What was written along with the model, such as the names of classes. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const CLASSES = {
  'recurrent-language-model': RecurrentLanguageModel,
  'sequence-classifier': SequenceClassifier,
  seq2seq: Seq2Seq,
} as const satisfies Record<RecurrentModelType, unknown>;

/** Field of what is written along. */
const EXTRA = 'extra';

/**
 * A model as the texts and bytes of two files.
 *
 * @param extra what to keep along, as JSON can say it
 * @throws {TypeError} if the model is none of {@link RecurrentModels}
 * @example
 * const { config, weights } = encodeModelCheckpoint(model, { labels: ['negative', 'positive'] });
 */
export function encodeModelCheckpoint(
  model: RecurrentModels[RecurrentModelType],
  extra: Readonly<Record<string, unknown>> = {},
): ModelCheckpoint {
  const type = typeOf(model);
  const kept = Object.keys(extra).length > 0 && { [EXTRA]: extra };
  return {
    config: `${JSON.stringify({ model_type: type, ...model.config, ...kept }, undefined, 2)}\n`,
    weights: encodeSafetensors(modelData(model), { format: 'pt' }),
  };
}

/**
 * Reads what {@link encodeModelCheckpoint} wrote.
 *
 * @param source what errors call the checkpoint, such as its folder
 * @throws {RangeError | SyntaxError | ShapeError} naming the file, and the field or tensor that is not as expected
 * @example
 * const { type, model } = decodeModelCheckpoint({ config, weights }, 'my-model');
 * if (type === 'seq2seq') …
 */
export function decodeModelCheckpoint(
  { config, weights }: ModelCheckpoint,
  source = 'checkpoint',
): { [Type in RecurrentModelType]: DecodedCheckpoint<Type> }[RecurrentModelType] {
  const path = `${source}/config.json`;
  const { model_type: type, [EXTRA]: extra = {}, ...fields } = parseConfig(config, path);
  if (typeof type !== 'string' || !Object.hasOwn(CLASSES, type)) {
    const names = Object.keys(CLASSES).join(', ');
    throw new RangeError(`${path}: model_type must be one of ${names}, got ${JSON.stringify(type)}.`);
  }
  const model = build(type as RecurrentModelType, fields, path);
  const weightsPath = `${source}/model.safetensors`;
  try {
    loadParameters(model, decodeSafetensors(weights, weightsPath).tensors);
  } catch (error) {
    if (error instanceof ShapeError) throw new ShapeError(`${weightsPath}: ${error.message}`);
    throw error;
  }
  return { type, model, extra } as {
    [Type in RecurrentModelType]: DecodedCheckpoint<Type>;
  }[RecurrentModelType];
}

function typeOf(model: Module): RecurrentModelType {
  for (const [type, kind] of Object.entries(CLASSES))
    if (model instanceof kind) return type as RecurrentModelType;
  throw new TypeError(
    `encodeModelCheckpoint: model must be one of ${Object.keys(CLASSES).join(', ')}, got ${model.constructor.name}.`,
  );
}

function parseConfig(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${path} must be JSON, got: ${(error as Error).message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError(`${path} must be a JSON object, got ${text.slice(0, 100)}.`);
  }
  return value as Record<string, unknown>;
}

function build(type: RecurrentModelType, fields: Record<string, unknown>, path: string): Module {
  let model: Module & { readonly config: object };
  try {
    model = new CLASSES[type](fields as never);
  } catch (error) {
    if (error instanceof RangeError) throw new RangeError(`${path}: ${error.message}`);
    throw error;
  }
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(model.config, name));
  if (unknown.length > 0) {
    throw new RangeError(`${path}: ${unknown.join(', ')} must not be there: a ${type} has no such field.`);
  }
  return model;
}
