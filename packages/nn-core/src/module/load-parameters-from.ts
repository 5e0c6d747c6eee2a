import type { TensorData } from '@wordloom/compile';
import { modelType } from '../tensor-files/element-type.ts';
import { renameTensors, type TensorNames } from '../tensor-files/rename-tensors.ts';
import type { TensorSource } from '../tensor-files/tensor-source.ts';
import {
  compareNames,
  copyInto,
  type LoadParametersOptions,
  type LoadReport,
  requireMatch,
  sameValues,
} from './load-parameters.ts';
import type { Module } from './module.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** Options of {@link loadParametersFrom}. */
export interface LoadParametersFromOptions extends LoadParametersOptions {
  /** What the file's tensors are called in the model; default what they are called in the file. */
  readonly rename?: TensorNames;
  /**
   * Whether the model changes only when all tensors have been read, at the price of holding them; default true. Otherwise
   * one is in memory at a time, and the model holds some of them where reading fails midway.
   */
  readonly atomic?: boolean;
}

/**
 * {@link loadParameters} from a file: what does not fit is known from the file's header, and only what fits is read. Floats
 * of any size go into float32 parameters, integers into int32 buffers.
 *
 * @param source as {@link openSafetensors}, {@link openTorchFile}, {@link openShards}, … give it
 * @returns what did not match, by the model's names; all empty when strict
 * @throws {ShapeError} when strict, listing every mismatch; nothing is loaded then
 * @throws {RangeError} if two tensors are renamed to one, or an integer does not fit int32
 * @example
 * const source = await openTensors(input.files[0]);
 * const { missing } = await loadParametersFrom(model, source, { rename: { 'transformer.': '' }, strict: false });
 */
export async function loadParametersFrom(
  model: Module,
  source: TensorSource,
  { strict = true, rename, atomic = true }: LoadParametersFromOptions = {},
): Promise<LoadReport> {
  const renamed = rename ? renameTensors(source, rename) : source;
  const specs = Array.from(
    renamed.tensors,
    ([name, { elementType, shape }]) => [name, { dtype: modelType(elementType), shape }] as const,
  );
  const { names, ...comparison } = compareNames(model, new Map(specs));
  const owner = `loadParametersFrom: ${source.source}`;
  if (strict) requireMatch(owner, { ...comparison, conflicting: [] });
  const report = { ...comparison, conflicting: await conflictsOf(names.values(), renamed) };
  if (strict) requireMatch(owner, report);

  let read = new Map<StoredTensor, TensorData>();
  for (const [stored, [name]] of names) {
    read.set(stored, await renamed.read(name));
    if (atomic) continue;
    copyInto(read);
    read = new Map();
  }
  copyInto(read);
  return report;
}

/** The names under which tied parameters have other values than under their first. */
async function conflictsOf(
  nameLists: Iterable<readonly [string, ...string[]]>,
  source: TensorSource,
): Promise<string[]> {
  const conflicting: string[] = [];
  for (const [first, ...others] of nameLists) {
    if (others.length === 0) continue;
    const tensor = await source.read(first);
    for (const name of others) {
      if (!sameValues(tensor, await source.read(name))) conflicting.push(name);
    }
  }
  return conflicting;
}
