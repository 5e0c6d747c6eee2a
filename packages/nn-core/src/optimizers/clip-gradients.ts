import { clipScale } from './global-norm.ts';
import { sumOfSquares } from './optimizer-kernel.ts';

type Gradients = Readonly<Record<string, Float32Array>>;

/**
 * Brings every element of the gradients to at most `limit` in size, in place: PyTorch's `clip_grad_value_`. NaN stays NaN.
 *
 * @throws {RangeError} if the limit is not positive
 */
export function clipByValue(gradients: Gradients, limit: number): void {
  requirePositive('clipByValue', 'limit', limit);
  for (const gradient of Object.values(gradients)) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = Math.max(-limit, Math.min(limit, gradient[i]!));
  }
}

/**
 * Brings each parameter's gradient to a Euclidean norm of at most `maxNorm`, in place, whatever the others' are. To clip
 * all as one vector, give the optimizer {@link clipScale} of their {@link globalNorm}.
 *
 * @throws {RangeError} if the norm is not positive
 */
export function clipByParameterNorm(gradients: Gradients, maxNorm: number): void {
  requirePositive('clipByParameterNorm', 'maxNorm', maxNorm);
  for (const gradient of Object.values(gradients)) {
    const scale = clipScale(Math.sqrt(sumOfSquares(gradient)), maxNorm);
    if (scale !== 1) for (let i = 0; i < gradient.length; i++) gradient[i] = scale * gradient[i]!;
  }
}

function requirePositive(owner: string, name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`${owner}: ${name} must be positive, got ${value}.`);
}
