import type { Module } from '../module/module.ts';

/**
 * Where NaN or infinity was met.
 *
 * @returns `parameter <name>` if a weight is not finite, else `the gradient of <name>`, else `the loss`
 */
export function placeOfNotFinite(
  model: Module,
  gradients: Readonly<Record<string, Float32Array>>,
  loss: number,
): string {
  const broken = (values: Float32Array): boolean => values.some((value) => !Number.isFinite(value));
  const weight = Array.from(model.namedParameters()).find(([, { data }]) => broken(data))?.[0];
  if (weight !== undefined) return `parameter ${weight}`;
  const gradient = Object.entries(gradients).find(([, values]) => broken(values))?.[0];
  if (gradient !== undefined) return `the gradient of ${gradient}`;
  return Number.isFinite(loss) ? 'the sum of the gradients' : 'the loss';
}

/** @param skipped steps in a row that were skipped before */
export function notFiniteError(step: number, loss: number, place: string, skipped: number): RangeError {
  const before = skipped > 0 ? `, after ${skipped} skipped steps in a row` : '';
  return new RangeError(
    `train: loss and gradients must be finite, got loss ${loss} at step ${step} (counted from 0)${before}, and NaN or infinity in ${place}. Lower the learning rate, or check the batch.`,
  );
}
