import type { RandomStream } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';

/** How much of a text is hidden, and in what pieces. */
export interface SpanOptions {
  /** Share of the tokens that are hidden; default 0.15. */
  readonly noiseDensity?: number;
  /** Mean number of tokens in a hidden span; default 3. */
  readonly meanSpanLength?: number;
}

/** Tokens of a text, and of what becomes of it. */
export interface SpanLengths {
  readonly tokenCount: number;
  /** With a sentinel for each hidden span and an end token. */
  readonly inputLength: number;
  /** The hidden tokens, with as many sentinels and an end token. */
  readonly targetLength: number;
}

/**
 * How many tokens of text fill inputs of a length, and how long the targets are then.
 *
 * @param inputLength of the encoder's rows, at least 3
 * @returns the most tokens whose input is not longer
 * @throws {RangeError} naming the argument that is out of range
 * @see Raffel et al. 2020, "T5", §3.1.4, and `compute_input_and_target_lengths` of its code
 * @example
 * spanCorruptionLengths(512); // { tokenCount: 568, inputLength: 512, targetLength: 114 }
 */
export function spanCorruptionLengths(inputLength: number, options: SpanOptions = {}): SpanLengths {
  const owner = 'spanCorruptionLengths';
  requireSizes(owner, { inputLength });
  requireSpans(owner, options);
  if (inputLength < 3) throw new RangeError(`${owner}: inputLength must be at least 3, got ${inputLength}.`);
  let lengths = corruptedLengths(2, options);
  for (let next = lengths; next.inputLength <= inputLength; ) {
    lengths = next;
    next = corruptedLengths(lengths.tokenCount + 1, options);
  }
  return lengths;
}

/** What becomes of a number of tokens, at least 2. */
function corruptedLengths(tokenCount: number, options: SpanOptions): SpanLengths {
  const { noise, spans } = spanCounts(tokenCount, options);
  return { tokenCount, inputLength: tokenCount - noise + spans + 1, targetLength: noise + spans + 1 };
}

/**
 * Which tokens are hidden: spans of random lengths between visible spans of random lengths, the first visible and the
 * last hidden.
 *
 * @param length of the text, at least 2
 * @returns lengths of the spans, visible and hidden in turn
 * @see `random_spans_noise_mask` of T5's code
 */
export function drawSpans(length: number, options: SpanOptions, random: RandomStream): readonly number[] {
  const { noise, spans } = spanCounts(length, options);
  const hidden = drawParts(noise, spans, random);
  const visible = drawParts(length - noise, spans, random);
  return visible.flatMap((size, index) => [size, hidden[index]!]);
}

/** @throws {RangeError} naming the option that is out of range */
export function requireSpans(owner: string, { noiseDensity = 0.15, meanSpanLength = 3 }: SpanOptions): void {
  if (!(noiseDensity > 0 && noiseDensity < 1)) {
    throw new RangeError(`${owner}: noiseDensity must be between 0 and 1, got ${noiseDensity}.`);
  }
  if (!(meanSpanLength >= 1 && meanSpanLength < Infinity)) {
    throw new RangeError(`${owner}: meanSpanLength must be at least 1, got ${meanSpanLength}.`);
  }
}

/** Hidden tokens and spans of them: at least one, and enough left for a visible token before each. */
function spanCounts(
  length: number,
  { noiseDensity = 0.15, meanSpanLength = 3 }: SpanOptions,
): { readonly noise: number; readonly spans: number } {
  const noise = Math.min(Math.max(roundHalfToEven(length * noiseDensity), 1), length - 1);
  const spans = Math.max(roundHalfToEven(noise / meanSpanLength), 1);
  return { noise, spans: Math.min(spans, noise, length - noise) };
}

/** Cuts `total` into `count` parts of at least one, all ways equally likely. */
function drawParts(total: number, count: number, random: RandomStream): number[] {
  const parts: number[] = [];
  let size = 1;
  let cuts = count - 1;
  for (let places = total - 1; places > 0; places--) {
    // Of the places that are left, each is a cut with the same chance.
    if (random.uniform() * places < cuts) {
      parts.push(size);
      size = 1;
      cuts--;
    } else size++;
  }
  return [...parts, size];
}

/** As Python and TensorFlow round, on which lengths depend. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
