/**
 * The cosine of the angle between two vectors, from −1 to 1; 0 if one of them is zero.
 *
 * @param left  `[size]`
 * @param right `[size]`
 * @throws {RangeError} if they differ in length
 */
export function cosineSimilarity(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) {
    throw new RangeError(
      `cosineSimilarity: both vectors must have one length, got ${left.length} and ${right.length}.`,
    );
  }
  let product = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index++) {
    product += left[index]! * right[index]!;
    leftSquares += left[index]! ** 2;
    rightSquares += right[index]! ** 2;
  }
  const norms = Math.sqrt(leftSquares) * Math.sqrt(rightSquares);
  return norms > 0 ? product / norms : 0;
}
