/**
 * How likely each word is kept when frequent words are thinned out: min(1, √(t/f) + t/f), where f is its share of the corpus.
 *
 * @param counts by row
 * @param sample t; 0 keeps all, 1 or more is a count instead of a share (as gensim)
 * @see word2vec.c; the formula in Mikolov et al. 2013, §2.3, lacks the second term
 */
export function keepProbabilities(counts: ArrayLike<number>, sample: number): Float64Array {
  const total = sum(counts);
  const threshold = sample < 1 ? sample * total : sample;
  return Float64Array.from(counts, (count) =>
    sample === 0 ? 1 : Math.min(1, Math.sqrt(threshold / count) + threshold / count),
  );
}

/** Probabilities as limits that a draw out of 2³² must be below; the largest one stands for certainty. */
export function drawLimits(probabilities: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(probabilities, (p) => Math.min(0xffff_ffff, Math.round(p * 2 ** 32)));
}

/** How likely each word is drawn as a negative example: counts to the power of `exponent`, as shares. */
export function negativeProbabilities(counts: ArrayLike<number>, exponent: number): Float64Array {
  const weights = Float64Array.from(counts, (count) => count ** exponent);
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}

/**
 * The table that one draw and one comparison take a word from.
 *
 * @param probabilities by row
 * @returns for each row, the limit of a draw out of 2³², and the row that draws from there on mean, one after the other
 * @see Walker 1977; Vose 1991
 */
export function aliasTable(probabilities: ArrayLike<number>): Uint32Array {
  const count = probabilities.length;
  const table = new Uint32Array(2 * count);
  const shares = Float64Array.from(probabilities, (p) => p * count);
  const poor: number[] = [];
  const rich: number[] = [];
  for (let row = 0; row < count; row++) (shares[row]! < 1 ? poor : rich).push(row);
  while (poor.length > 0 && rich.length > 0) {
    const [low, high] = [poor.pop()!, rich.at(-1)!];
    table[2 * low] = Math.min(0xffff_ffff, Math.round(shares[low]! * 2 ** 32));
    table[2 * low + 1] = high;
    shares[high]! -= 1 - shares[low]!;
    if (shares[high]! < 1) poor.push(rich.pop()!);
  }
  for (const row of [...poor, ...rich]) {
    table[2 * row] = 0xffff_ffff;
    table[2 * row + 1] = row;
  }
  return table;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}
