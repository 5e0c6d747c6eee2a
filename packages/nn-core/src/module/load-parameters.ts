import { ShapeError, type TensorData } from '@wordloom/compile';
import type { Module } from './module.ts';
import type { Parameter } from './parameter.ts';

/** How a set of tensors and a model's parameters compare. */
export interface LoadReport {
  /** Parameters without a tensor. */
  readonly missing: readonly string[];
  /** Tensors without a parameter. */
  readonly unexpected: readonly string[];
  /** Tensors whose type or shape is not their parameter's, with both. */
  readonly misshaped: readonly string[];
}

/** Options of {@link loadParameters}. */
export interface LoadParametersOptions {
  /** Whether anything but an exact match is an error; default true. Otherwise what fits is loaded. */
  readonly strict?: boolean;
}

/**
 * Copies tensors into the parameters of the same names.
 *
 * @param tensors float32, by the names of {@link Module.namedParameters}
 * @returns what did not match; all empty when strict
 * @throws {ShapeError} when strict, listing every mismatch; nothing is loaded then
 */
export function loadParameters(
  model: Module,
  tensors: ReadonlyMap<string, TensorData>,
  { strict = true }: LoadParametersOptions = {},
): LoadReport {
  const parameters = model.namedParameters();
  const report = compare(parameters, tensors);
  if (strict) requireMatch('loadParameters', report);
  copyInto(parameters, tensors);
  return report;
}

/** What loading would not load. */
export function compare(
  parameters: ReadonlyMap<string, Parameter>,
  tensors: ReadonlyMap<string, TensorData>,
): LoadReport {
  const misshaped: string[] = [];
  for (const [name, parameter] of parameters) {
    const tensor = tensors.get(name);
    if (tensor && !fits(tensor, parameter)) {
      misshaped.push(
        `${name} (expected float32 [${parameter.shape}], got ${tensor.dtype} [${tensor.shape}])`,
      );
    }
  }
  return {
    missing: [...parameters.keys()].filter((name) => !tensors.has(name)),
    unexpected: [...tensors.keys()].filter((name) => !parameters.has(name)),
    misshaped,
  };
}

/** @throws {ShapeError} listing every mismatch of a report, if it has any */
export function requireMatch(owner: string, report: LoadReport): void {
  const problems = Object.entries(report).filter(([, names]) => names.length > 0);
  if (problems.length === 0) return;
  const list = problems.map(([problem, names]) => `${problem}: ${names.join(', ')}`).join('; ');
  throw new ShapeError(`${owner}: tensors must match the model's parameters, got ${list}.`);
}

/** Copies every tensor that fits. */
export function copyInto(
  parameters: ReadonlyMap<string, Parameter>,
  tensors: ReadonlyMap<string, TensorData>,
): void {
  for (const [name, parameter] of parameters) {
    const tensor = tensors.get(name);
    if (tensor && fits(tensor, parameter)) parameter.data.set(tensor.data);
  }
}

function fits({ dtype, shape }: TensorData, parameter: Parameter): boolean {
  return dtype === 'float32' && `${shape}` === `${parameter.shape}`;
}
