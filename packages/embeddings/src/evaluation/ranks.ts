/** The ranks of values from 1, of equal ones the mean of theirs. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const ranks = new Float64Array(values.length);
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1;
    while (end < order.length && values[order[end]!] === values[order[begin]!]) end++;
    for (let at = begin; at < end; at++) ranks[order[at]!] = (begin + end + 1) / 2;
    begin = end;
  }
  return ranks;
}

/** Pearson's correlation of two series, from −1 to 1; NaN if one of them does not vary. */
export function pearson(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const { length } = left;
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, x) => sum + x, 0) / length;
  const [leftMean, rightMean] = [mean(left), mean(right)];
  let [product, leftSquares, rightSquares] = [0, 0, 0];
  for (let at = 0; at < length; at++) {
    const [x, y] = [left[at]! - leftMean, right[at]! - rightMean];
    product += x * y;
    leftSquares += x * x;
    rightSquares += y * y;
  }
  return product / Math.sqrt(leftSquares * rightSquares);
}

/** Spearman's rank correlation, ties by their mean rank. */
export function spearman(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return pearson(ranksOf(left), ranksOf(right));
}
