import { ShapeError, type TensorData } from '@wordloom/compile';
import { findMember, type Module } from './module.ts';
import { isSaved, savedTensors } from './parameter-data.ts';
import { StoredTensor } from './stored-tensor.ts';

/** How a set of tensors and a model's parameters and persistent buffers compare. */
export interface LoadReport {
  /** Parameters and buffers without a tensor. */
  readonly missing: readonly string[];
  /** Tensors without a parameter or buffer. */
  readonly unexpected: readonly string[];
  /** Tensors whose type or shape is not their parameter's, with both. */
  readonly misshaped: readonly string[];
  /** Tensors that give one tied parameter different values under its different names. */
  readonly conflicting: readonly string[];
}

/** Options of {@link loadParameters}. */
export interface LoadParametersOptions {
  /** Whether anything but an exact match is an error; default true. Otherwise what fits is loaded. */
  readonly strict?: boolean;
}

/**
 * Copies tensors into the parameters and persistent buffers of the same names. A tied parameter is found under any of its
 * names, or under several if the tensors agree.
 *
 * @param tensors by the names of {@link Module.namedParameters} and {@link Module.namedBuffers}, such as
 * {@link modelData} gives them
 * @returns what did not match; all empty when strict
 * @throws {ShapeError} when strict, listing every mismatch; nothing is loaded then
 */
export function loadParameters(
  model: Module,
  tensors: ReadonlyMap<string, TensorData>,
  { strict = true }: LoadParametersOptions = {},
): LoadReport {
  const { report, sources } = planLoad(model, tensors);
  if (strict) requireMatch('loadParameters', report);
  copyInto(sources);
  return report;
}

/** What loading would load, and what not. */
export interface LoadPlan {
  readonly report: LoadReport;
  /** Where the values of each parameter and buffer come from. */
  readonly sources: ReadonlyMap<StoredTensor, TensorData>;
}

/** Compares tensors with a model, and changes nothing. */
export function planLoad(model: Module, tensors: ReadonlyMap<string, TensorData>): LoadPlan {
  const expected = savedTensors(model);
  const [unexpected, misshaped, conflicting]: [string[], string[], string[]] = [[], [], []];
  const met = new Set<StoredTensor>();
  const sources = new Map<StoredTensor, TensorData>();
  // Own names first, in the model's order: they count more than names that a tensor has because it is tied.
  const names = new Set([...expected.keys(), ...tensors.keys()]);
  for (const name of names) {
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const owner = findMember(model, name);
    if (!(owner instanceof StoredTensor && isSaved(owner))) {
      unexpected.push(name);
      continue;
    }
    met.add(owner);
    if (tensor.dtype !== owner.dtype || `${tensor.shape}` !== `${owner.shape}`) {
      const got = `${tensor.dtype} [${tensor.shape}]`;
      misshaped.push(`${name} (expected ${owner.dtype} [${owner.shape}], got ${got})`);
      continue;
    }
    const other = sources.get(owner);
    if (other && !sameValues(other, tensor)) conflicting.push(name);
    if (!other) sources.set(owner, tensor);
  }
  const missing = [...expected].filter(([, tensor]) => !met.has(tensor)).map(([name]) => name);
  return { report: { missing, unexpected, misshaped, conflicting }, sources };
}

/** @throws {ShapeError} listing every mismatch of a report, if it has any */
export function requireMatch(owner: string, report: LoadReport): void {
  const problems = Object.entries(report).filter(([, names]) => names.length > 0);
  if (problems.length === 0) return;
  const list = problems.map(([problem, names]) => `${problem}: ${names.join(', ')}`).join('; ');
  throw new ShapeError(`${owner}: tensors must match the model's parameters, got ${list}.`);
}

/** Copies every tensor into its parameter or buffer. */
export function copyInto(sources: LoadPlan['sources']): void {
  for (const [owner, { data }] of sources) owner.data.set(data);
}

function sameValues({ data: a }: TensorData, { data: b }: TensorData): boolean {
  return a.every((value: number, index: number) => Object.is(value, b[index]) || value === b[index]);
}
