/**
 * How rotary positions are stretched beyond the length a model was trained with.
 *
 * - `linear`: positions divided by the factor (Chen et al. 2023, "Extending context window of large language models via
 *   positional interpolation").
 * - `ntk`: a larger base, which leaves the fastest rotations and divides the slowest by the factor.
 * - `llama3`: slow rotations divided by the factor, fast ones left, those between blended (Llama 3.1).
 */
export type RotaryScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | { readonly type: 'ntk'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      /** Rotations with more wavelengths than this in the original context are fast; Llama 3.1 has 4. */
      readonly highFrequencyFactor: number;
      /** Rotations with fewer are slow; Llama 3.1 has 1. */
      readonly lowFrequencyFactor: number;
      /** Positions the model was first trained with; Llama 3.1 has 8192. */
      readonly originalContextLength: number;
    };

/** Options of {@link rotaryFrequencies}. */
export interface RotaryFrequencyOptions {
  /** The slowest rotation turns by about 1 / base radians a position; default 10 000. */
  readonly base?: number;
  /** Default none. */
  readonly scaling?: RotaryScaling;
}

/**
 * The angles by which rotary position embeddings turn each pair of components from position to position.
 *
 * @param size of the part of a head that is rotated, even
 * @returns size / 2 angles in radians, fastest first
 * @throws {RangeError} if the size is no positive even integer, or scaling is out of range
 * @see Su et al. 2021, "RoFormer", eq. 15
 */
export function rotaryFrequencies(
  size: number,
  { base = 10_000, scaling }: RotaryFrequencyOptions = {},
): Float64Array {
  if (!Number.isSafeInteger(size) || size < 2 || size % 2 !== 0) {
    throw new RangeError(`rotaryFrequencies: size must be a positive even integer, got ${size}.`);
  }
  if (!(base > 0)) throw new RangeError(`rotaryFrequencies: base must be positive, got ${base}.`);
  const plain = (base: number): Float64Array =>
    Float64Array.from({ length: size / 2 }, (_, pair) => base ** ((-2 * pair) / size));
  if (!scaling) return plain(base);
  requireScaling(scaling);
  const { factor } = scaling;
  if (scaling.type === 'linear') return plain(base).map((angle) => angle / factor);
  // For size 2 the only rotation is the fastest one.
  if (scaling.type === 'ntk') return plain(size > 2 ? base * factor ** (size / (size - 2)) : base);
  return plain(base).map((angle) => scaleByWavelength(angle, scaling));
}

type Llama3Scaling = Extract<RotaryScaling, { type: 'llama3' }>;

function scaleByWavelength(angle: number, scaling: Llama3Scaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = scaling;
  const turns = (originalContextLength * angle) / (2 * Math.PI); // in the original context
  if (turns > high) return angle;
  if (turns < low) return angle / factor;
  const share = (turns - low) / (high - low); // of the unscaled angle
  return share * angle + (1 - share) * (angle / factor);
}

function requireScaling(scaling: RotaryScaling): void {
  const refuse = (expectation: string, got: unknown): never => {
    throw new RangeError(`rotaryFrequencies: scaling${expectation}, got ${String(got)}.`);
  };
  if (!['linear', 'ntk', 'llama3'].includes(scaling.type)) {
    refuse(".type must be 'linear', 'ntk' or 'llama3'", scaling.type);
  }
  if (!(scaling.factor > 0)) refuse('.factor must be positive', scaling.factor);
  if (scaling.type !== 'llama3') return;
  const { lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = scaling;
  if (!(low > 0 && high > low)) {
    refuse('.highFrequencyFactor must be above lowFrequencyFactor and both positive', `${high} and ${low}`);
  }
  if (!(originalContextLength > 0)) {
    refuse('.originalContextLength must be positive', originalContextLength);
  }
}
