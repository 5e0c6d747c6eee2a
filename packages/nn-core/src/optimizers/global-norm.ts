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

function sumOfSquares(values: Float32Array): number {
  // Four sums: one would wait for each addition to finish before the next.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const end = values.length - (values.length % 4);
  for (let index = 0; index < end; index += 4) {
    a += values[index]! * values[index]!;
    b += values[index + 1]! * values[index + 1]!;
    c += values[index + 2]! * values[index + 2]!;
    d += values[index + 3]! * values[index + 3]!;
  }
  for (let index = end; index < values.length; index++) a += values[index]! * values[index]!;
  return a + b + c + d;
}
