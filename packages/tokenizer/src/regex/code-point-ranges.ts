/**
 * A set of code points as the starts and ends (not included) of its ranges, alternating, in order, neither touching nor empty.
 */
export type CodePointRanges = readonly number[];

/** One more than the last code point. */
export const codePointLimit = 0x110000;

export const everything: CodePointRanges = [0, codePointLimit];

/** @param ranges starts and ends in any order, overlapping or not */
export function unionOf(ranges: readonly number[]): CodePointRanges {
  const pairs: [number, number][] = [];
  for (let index = 0; index < ranges.length; index += 2) {
    if (ranges[index]! < ranges[index + 1]!) pairs.push([ranges[index]!, ranges[index + 1]!]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  const union: number[] = [];
  for (const [start, end] of pairs) {
    const last = union.length - 1;
    if (last >= 0 && start <= union[last]!) union[last] = Math.max(union[last]!, end);
    else union.push(start, end);
  }
  return union;
}

/** All code points that are not in a set. */
export function complementOf(ranges: CodePointRanges): CodePointRanges {
  const bounds = [0, ...ranges, codePointLimit];
  if (bounds[0] === bounds[1]) bounds.splice(0, 2);
  if (bounds.at(-1) === bounds.at(-2)) bounds.splice(-2, 2);
  return bounds;
}

/** The code points that are in both sets. */
export function intersectionOf(first: CodePointRanges, second: CodePointRanges): CodePointRanges {
  const intersection: number[] = [];
  let a = 0;
  let b = 0;
  while (a < first.length && b < second.length) {
    const start = Math.max(first[a]!, second[b]!);
    const end = Math.min(first[a + 1]!, second[b + 1]!);
    if (start < end) intersection.push(start, end);
    if (first[a + 1]! < second[b + 1]!) a += 2;
    else b += 2;
  }
  return intersection;
}

/** Whether no code point is in both sets. */
export function areDisjoint(first: CodePointRanges, second: CodePointRanges): boolean {
  return intersectionOf(first, second).length === 0;
}

export function contains(ranges: CodePointRanges, codePoint: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return (low & 1) === 1;
}
