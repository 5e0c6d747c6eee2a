import { type TensorData, tensorData } from '@wordloom/compile';
import type { Parameter } from './parameter.ts';

/**
 * The parameters' arrays as tensors on the host, by reference: what {@link encodeSafetensors} writes and
 * {@link loadParameters} reads.
 */
export function parameterData(parameters: ReadonlyMap<string, Parameter>): Record<string, TensorData> {
  return Object.fromEntries(
    Array.from(parameters, ([name, { data, shape }]) => [name, tensorData(data, shape)]),
  );
}
