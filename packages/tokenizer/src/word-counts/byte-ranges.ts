/** `[start, end)`. */
export type ByteRange = readonly [start: number, end: number];

/** Ranges, in order and apart from each other, with one more, which joins those it touches. */
export function addRange(ranges: readonly ByteRange[], [start, end]: ByteRange): ByteRange[] {
  const result: ByteRange[] = [];
  let from = start;
  let to = end;
  for (const range of ranges) {
    if (range[1] < start || range[0] > end) {
      result.push(range);
    } else {
      from = Math.min(from, range[0]);
      to = Math.max(to, range[1]);
    }
  }
  result.push([from, to]);
  return result.sort(([a], [b]) => a - b);
}

/** What `ranges` leave of `[0, end)`. */
export function gapsBetween(ranges: readonly ByteRange[], end: number): ByteRange[] {
  const gaps: ByteRange[] = [];
  let position = 0;
  for (const [from, to] of ranges) {
    if (position < from) gaps.push([position, from]);
    position = to;
  }
  if (position < end) gaps.push([position, end]);
  return gaps;
}
