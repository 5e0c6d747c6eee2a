import { sumOfSquares } from './optimizer-kernel.ts';

/**
 * The Euclidean norm of all gradients taken as one vector, summed in float64.
 *
 * To clip without an extra pass over the gradients, give the optimizer {@link clipScale} of it as `gradientScale`.
 *
 * @param gradients by parameter name
 * @returns NaN or Infinity exactly if some gradient holds NaN or an infinity
 * @see Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", §3.2
 */
export function globalNorm(gradients: Readonly<Record<string, Float32Array>>): number {
  let sum = 0;
  for (const gradient of Object.values(gradients)) sum += sumOfSquares(gradient);
  return Math.sqrt(sum);
}

/** The factor that brings a gradient of norm `norm` to at most `maxNorm`: min(1, maxNorm / (norm + 1e-6)), as PyTorch has it. */
export function clipScale(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
