import type { NormalizedText } from '../normalized-text.ts';

/** What becomes of the delimiters at which a text is cut; the names of tokenizer.json. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const splitBehaviors: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

/**
 * Cuts a text at delimiters.
 *
 * `the-final--countdown` cut at `-`:
 * Removed `the final countdown`, Isolated `the - final - - countdown`, MergedWithPrevious `the- final- - countdown`,
 * MergedWithNext `the -final - -countdown`, Contiguous `the - final -- countdown`.
 *
 * @param delimiters starts and ends of the delimiters, alternating, in order and without overlap
 * @param invert     whether what is between the delimiters counts as delimiter, and the other way round
 * @param output     where the parts go
 */
export function splitAtDelimiters(
  text: NormalizedText,
  delimiters: readonly number[],
  behavior: SplitBehavior,
  invert: boolean,
  output: NormalizedText[],
): void {
  if (delimiters.length === 0 && (!invert || behavior !== 'Removed')) {
    if (text.length > 0) output.push(text);
    return;
  }
  const parts = new Parts();
  let position = 0;
  for (let index = 0; index < delimiters.length; index += 2) {
    const start = delimiters[index]!;
    const end = delimiters[index + 1]!;
    if (position < start) parts.push(position, start, invert);
    parts.push(start, end, !invert);
    position = end;
  }
  if (position < text.length) parts.push(position, text.length, invert);
  const { starts, ends } = merged(parts, behavior);
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index]!;
    const end = ends[index]!;
    if (start < end) output.push(text.slice(start, end));
  }
}

class Parts {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly isDelimiter: boolean[] = [];

  push(start: number, end: number, isDelimiter: boolean): void {
    this.starts.push(start);
    this.ends.push(end);
    this.isDelimiter.push(isDelimiter);
  }
}

function merged(parts: Parts, behavior: SplitBehavior): Parts {
  if (behavior === 'Isolated') return parts;
  const result = new Parts();
  const { starts, ends, isDelimiter } = parts;
  const last = starts.length - 1;
  if (behavior === 'MergedWithNext') {
    // From the end: a delimiter joins what follows, unless that is a delimiter too.
    for (let index = last; index >= 0; index--) {
      const joins = isDelimiter[index]! && index < last && !isDelimiter[index + 1]!;
      if (joins) result.starts[result.starts.length - 1] = starts[index]!;
      else result.push(starts[index]!, ends[index]!, false);
    }
    result.starts.reverse();
    result.ends.reverse();
    return result;
  }
  for (let index = 0; index <= last; index++) {
    const delimiter = isDelimiter[index]!;
    if (behavior === 'Removed') {
      if (!delimiter) result.push(starts[index]!, ends[index]!, false);
      continue;
    }
    const before = index > 0 && isDelimiter[index - 1]!;
    const joins = index > 0 && (behavior === 'Contiguous' ? delimiter === before : delimiter && !before);
    if (joins) result.ends[result.ends.length - 1] = ends[index]!;
    else result.push(starts[index]!, ends[index]!, false);
  }
  return result;
}
