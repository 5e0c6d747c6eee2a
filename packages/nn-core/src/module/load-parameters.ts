import { ShapeError, type TensorData, type TensorSpec } from '@wordloom/compile';
import { findMember, type Module } from './module.ts';
import { isSaved, savedTensors } from './parameter-data.ts';
import { StoredTensor } from './stored-tensor.ts';

/** A tensor that does not fit its parameter or buffer. */
export interface TensorMismatch {
  readonly name: string;
  /** What the model has. */
  readonly expected: TensorSpec;
  readonly got: TensorSpec;
}

/** How a set of tensors and a model's parameters and persistent buffers compare. */
export interface LoadReport {
  /** Parameters and buffers without a tensor. */
  readonly missing: readonly string[];
  /** Tensors without a parameter or buffer. */
  readonly unexpected: readonly string[];
  /** Tensors whose shape is not their parameter's. */
  readonly misshaped: readonly TensorMismatch[];
  /** Tensors of their parameter's shape, but of another type. */
  readonly mistyped: readonly TensorMismatch[];
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
  const { names, ...report } = compareNames(model, tensors);
  const conflicting: string[] = [];
  const sources = new Map<StoredTensor, TensorData>();
  for (const [owner, [first, ...others]] of names) {
    const tensor = tensors.get(first)!;
    sources.set(owner, tensor);
    conflicting.push(...others.filter((name) => !sameValues(tensor, tensors.get(name)!)));
  }
  return { report: { ...report, conflicting }, sources };
}

/** How names, shapes and types compare, before any value is known. */
export interface NameComparison extends Omit<LoadReport, 'conflicting'> {
  /** The tensors that fit each parameter and buffer, the one whose values count first. */
  readonly names: ReadonlyMap<StoredTensor, readonly [string, ...string[]]>;
}

/** Compares the tensors that there are with those of a model. */
export function compareNames(model: Module, tensors: ReadonlyMap<string, TensorSpec>): NameComparison {
  const expected = savedTensors(model);
  const [unexpected, misshaped, mistyped]: [string[], TensorMismatch[], TensorMismatch[]] = [[], [], []];
  const met = new Set<StoredTensor>();
  const names = new Map<StoredTensor, [string, ...string[]]>();
  // Own names first, in the model's order: they count more than names that a tensor has because it is tied.
  for (const name of new Set([...expected.keys(), ...tensors.keys()])) {
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const owner = findMember(model, name);
    if (!(owner instanceof StoredTensor && isSaved(owner))) {
      unexpected.push(name);
      continue;
    }
    met.add(owner);
    const mismatch = { name, expected: specOf(owner), got: specOf(tensor) };
    if (`${tensor.shape}` !== `${owner.shape}`) misshaped.push(mismatch);
    else if (tensor.dtype !== owner.dtype) mistyped.push(mismatch);
    else if (names.has(owner)) names.get(owner)!.push(name);
    else names.set(owner, [name]);
  }
  const missing = [...expected].filter(([, tensor]) => !met.has(tensor)).map(([name]) => name);
  return { missing, unexpected, misshaped, mistyped, names };
}

/** @throws {ShapeError} listing the mismatches of a report, if it has any */
export function requireMatch(owner: string, report: LoadReport): void {
  const problems = Object.entries(report).filter(([, names]) => names.length > 0);
  if (problems.length === 0) return;
  const list = problems.map(([problem, names]) => `${problem}: ${describeAll(names)}`).join('; ');
  throw new ShapeError(`${owner}: tensors must match the model's parameters, got ${list}.`);
}

/** A message names so many of a kind; a report of a load that is not strict has all. */
const NAMED = 20;

function describeAll(names: readonly (string | TensorMismatch)[]): string {
  const text = names.slice(0, NAMED).map(describe).join(', ');
  return names.length > NAMED ? `${text} and ${names.length - NAMED} more` : text;
}

function describe(mismatch: string | TensorMismatch): string {
  if (typeof mismatch === 'string') return mismatch;
  const [expected, got] = [mismatch.expected, mismatch.got].map(({ dtype, shape }) => `${dtype} [${shape}]`);
  return `${mismatch.name} (expected ${expected}, got ${got})`;
}

function specOf({ dtype, shape }: TensorSpec): TensorSpec {
  return { dtype, shape };
}

/** Copies every tensor into its parameter or buffer. */
export function copyInto(sources: LoadPlan['sources']): void {
  for (const [owner, { data }] of sources) owner.data.set(data);
}

/** Whether two tensors of one type and shape hold the same numbers. */
export function sameValues({ data: a }: TensorData, { data: b }: TensorData): boolean {
  return a.every((value: number, index: number) => Object.is(value, b[index]) || value === b[index]);
}
