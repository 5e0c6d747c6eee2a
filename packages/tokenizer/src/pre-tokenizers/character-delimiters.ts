/** Starts and ends, alternating, of the characters that are delimiters, each for itself. */
export function characterDelimiters(text: string, isDelimiter: (codePoint: number) => boolean): number[] {
  const ranges: number[] = [];
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const end = index + (codePoint > 0xffff ? 2 : 1);
    if (isDelimiter(codePoint)) ranges.push(index, end);
    index = end;
  }
  return ranges;
}
