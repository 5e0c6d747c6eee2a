import { type TensorData, tensorData } from '@wordloom/compile';
import { ModelBuffer } from './model-buffer.ts';
import type { Module } from './module.ts';
import type { StoredTensor } from './stored-tensor.ts';

/**
 * The arrays of parameters and buffers as tensors on the host, by reference: what {@link encodeSafetensors} writes and
 * {@link loadParameters} reads.
 */
export function parameterData(tensors: ReadonlyMap<string, StoredTensor>): Record<string, TensorData> {
  return Object.fromEntries(
    Array.from(tensors, ([name, { data, shape }]) => [name, tensorData(data, shape)]),
  );
}

/** Everything that is saved with a model, by reference: its parameters and its persistent buffers. */
export function modelData(model: Module): Record<string, TensorData> {
  return parameterData(savedTensors(model));
}

/** A model's parameters and persistent buffers. */
export function savedTensors(model: Module): Map<string, StoredTensor> {
  return new Map([...model.namedTensors()].filter(([, tensor]) => isSaved(tensor)));
}

/** Whether a file of the model holds the tensor. */
export function isSaved(tensor: StoredTensor): boolean {
  return !(tensor instanceof ModelBuffer) || tensor.persistent;
}
