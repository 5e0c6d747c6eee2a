import type { Encoding } from './encoding.ts';

/** How texts that are too long are cut. */
export interface Truncation {
  /** The most tokens an encoding may have, special tokens included. */
  readonly maxLength: number;
  /** Which text of a pair is cut: the longer one, both if that is not enough; the first; the second (default `longest-first`). */
  readonly strategy?: TruncationStrategy;
  /** By how many tokens neighboring windows overlap (default 0). */
  readonly stride?: number;
  /** Which end is cut off (default `right`). */
  readonly direction?: 'left' | 'right';
}

export type TruncationStrategy = 'longest-first' | 'only-first' | 'only-second';

/** The tokens of a piece of text that the model cut, or an added token. */
export interface CountedPiece {
  readonly count: number;
  readonly isAdded: boolean;
}

/**
 * How many tokens of a text the reference counts before it truncates: it makes no more after the piece with which there are `maxLength` of
 * them, from the end of the text on if that end stays. An added token does not make it stop.
 *
 * It matters for pairs alone: which text is the longer one, and whether both are too long. The first text is counted to its end if only
 * the second may be cut.
 */
export function countedLength(
  pieces: readonly CountedPiece[],
  { maxLength, direction = 'right' }: Truncation,
): number {
  let total = 0;
  for (const { count, isAdded } of direction === 'right' ? pieces : pieces.toReversed()) {
    total += count;
    if (total >= maxLength && !isAdded) break;
  }
  return total;
}

/**
 * How many tokens of each text stay.
 *
 * @param lengths    tokens of the text, or of both texts of a pair; see {@link countedLength}
 * @param addedCount how many special tokens will be put in
 * @throws {RangeError} if the strategy cannot make the texts short enough
 */
export function truncatedLengths(
  lengths: readonly number[],
  addedCount: number,
  { maxLength, strategy = 'longest-first' }: Truncation,
): number[] {
  const room = maxLength - addedCount;
  if (room < 0) {
    throw new RangeError(
      `encode: truncation.maxLength must be at least ${addedCount}, the number of special tokens, got ${maxLength}.`,
    );
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= room) return [...lengths];
  if (room === 0) return lengths.map(() => 0);
  if (strategy === 'longest-first') return longestFirst(lengths, room);
  const target = strategy === 'only-first' ? 0 : 1;
  const length = lengths[target];
  if (length === undefined) {
    throw new RangeError(
      'encode: truncation.strategy must not be "only-second" for a single text. Pass a pair.',
    );
  }
  const kept = length - (total - room);
  if (kept <= 0) {
    throw new RangeError(
      `encode: truncation.maxLength must leave room for the ${target === 0 ? 'first' : 'second'} text, got ${maxLength}. ` +
        'Use the strategy "longest-first".',
    );
  }
  return lengths.map((other, index) => (index === target ? kept : other));
}

/** The shorter text keeps its tokens if the longer one can make the room; otherwise both get half, the longer the odd one. */
function longestFirst([first, second]: readonly number[], room: number): number[] {
  if (second === undefined) return [room];
  let shorter = Math.min(first!, second);
  let longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
  if (shorter + longer > room) {
    shorter = Math.floor(room / 2);
    longer = shorter + (room % 2);
  }
  return first! > second ? [longer, shorter] : [shorter, longer];
}

/** The tokens of a text that stay. */
export function truncateIds(ids: Int32Array, length: number, direction: 'left' | 'right'): Int32Array {
  if (ids.length <= length) return ids;
  return direction === 'right' ? ids.subarray(0, length) : ids.subarray(ids.length - length);
}

/**
 * The tokens of a text that stay; with windows, what is cut off as its `overflowing`.
 *
 * @throws {RangeError} if windows are wanted and would overlap entirely
 */
export function truncateEncoding(
  encoding: Encoding,
  maxLength: number,
  { stride = 0, direction = 'right' }: Truncation,
  withWindows: boolean,
): Encoding {
  const { length } = encoding;
  if (length <= maxLength) return encoding;
  const first =
    direction === 'right' ? encoding.slice(0, maxLength) : encoding.slice(length - maxLength, length);
  if (!withWindows) return first;
  if (maxLength === 0) return first.with({ overflowing: [encoding] });
  if (stride >= maxLength) {
    throw new RangeError(
      `encode: truncation.stride must be below ${maxLength}, the tokens of a window without special tokens, got ${stride}.`,
    );
  }
  const overflowing: Encoding[] = [];
  const step = maxLength - stride;
  if (direction === 'right') {
    for (let start = 0; start + maxLength < length; ) {
      start += step;
      overflowing.push(encoding.slice(start, Math.min(start + maxLength, length)));
    }
  } else {
    for (let end = length; end > maxLength; ) {
      end -= step;
      overflowing.push(encoding.slice(Math.max(0, end - maxLength), end));
    }
  }
  return first.with({ overflowing });
}
