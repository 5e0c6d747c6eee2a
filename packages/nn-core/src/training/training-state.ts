import type { TensorData } from '@wordloom/compile';
import { copyInto, planLoad, requireMatch } from '../module/load-parameters.ts';
import type { Module } from '../module/module.ts';
import { modelData } from '../module/parameter-data.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { decodeSafetensors, type Safetensors } from '../safetensors/decode.ts';
import { encodeSafetensors } from '../safetensors/encode.ts';

const MODEL = 'model.';
const OPTIMIZER = 'optimizer.';
const STEP_COUNT = 'stepCount';

/**
 * A model and its optimizer as one safetensors file, from which training goes on exactly: tensors `model.*` and
 * `optimizer.*`, the step count in the metadata. One file, so that the two never come from different steps.
 *
 * @param metadata free strings to keep along; `stepCount` is taken
 */
export function encodeTrainingState(
  model: Module,
  optimizer: Optimizer,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  if (STEP_COUNT in metadata) {
    throw new RangeError(`encodeTrainingState: metadata must not hold ${STEP_COUNT}, it is the optimizer's.`);
  }
  const { stepCount, tensors } = optimizer.state();
  const all: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(modelData(model))) all[`${MODEL}${name}`] = tensor;
  for (const [name, tensor] of Object.entries(tensors)) all[`${OPTIMIZER}${name}`] = tensor;
  return encodeSafetensors(all, { ...metadata, [STEP_COUNT]: `${stepCount}` });
}

/**
 * Loads what {@link encodeTrainingState} wrote into a model and an optimizer built as they were then.
 *
 * @param source what errors call the bytes, such as a path
 * @returns the metadata
 * @throws {RangeError} if the bytes are not a training state @throws {ShapeError} if they are another model's; nothing is loaded in either case
 */
export function decodeTrainingState(
  bytes: Uint8Array,
  model: Module,
  optimizer: Optimizer,
  source = 'training state',
): Readonly<Record<string, string>> {
  return restoreTrainingState(decodeSafetensors(bytes, source), model, optimizer, source);
}

/** Loads a training state that is already decoded. */
export function restoreTrainingState(
  { tensors, metadata }: Safetensors,
  model: Module,
  optimizer: Optimizer,
  source: string,
): Readonly<Record<string, string>> {
  const { [STEP_COUNT]: stepCount, ...rest } = metadata;
  if (!/^\d+$/.test(stepCount ?? '')) {
    throw new RangeError(
      `decodeTrainingState: ${source} must have ${STEP_COUNT} in its metadata, got ${stepCount ?? 'none'}. Is it a model file?`,
    );
  }
  const { report, sources } = planLoad(model, withPrefix(tensors, MODEL));
  requireMatch(`decodeTrainingState: ${source}`, report);
  // Checks everything before it changes anything; after it, copying cannot fail.
  optimizer.loadState({
    stepCount: Number(stepCount),
    tensors: Object.fromEntries(withPrefix(tensors, OPTIMIZER)),
  });
  copyInto(sources);
  return rest;
}

function withPrefix(tensors: ReadonlyMap<string, TensorData>, prefix: string): Map<string, TensorData> {
  const chosen = new Map<string, TensorData>();
  for (const [name, tensor] of tensors)
    if (name.startsWith(prefix)) chosen.set(name.slice(prefix.length), tensor);
  return chosen;
}
