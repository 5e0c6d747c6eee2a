/**
 * A longest common subsequence.
 *
 * @returns indices into `reference`, ascending; of several that are as long, the one that a walk back through the
 * table finds when it prefers to go up, as in ROUGE-1.5.5
 */
export function commonSubsequence(reference: readonly string[], candidate: readonly string[]): number[] {
  const width = candidate.length + 1;
  const lengths = new Uint32Array((reference.length + 1) * width);
  for (let row = 1; row <= reference.length; row++) {
    for (let column = 1; column < width; column++) {
      const cell = row * width + column;
      lengths[cell] =
        reference[row - 1] === candidate[column - 1]
          ? lengths[cell - width - 1]! + 1
          : Math.max(lengths[cell - width]!, lengths[cell - 1]!);
    }
  }
  const indices: number[] = [];
  for (let row = reference.length, column = candidate.length; row > 0 && column > 0; ) {
    const cell = row * width + column;
    if (reference[row - 1] === candidate[column - 1]) {
      row--;
      column--;
      indices.push(row);
    } else if (lengths[cell - 1]! > lengths[cell - width]!) column--;
    else row--;
  }
  return indices.reverse();
}
