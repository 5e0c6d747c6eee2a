import { describeValue } from '../describe-value.ts';
import { type SingularValues, singularValues } from './singular-values.ts';
import { unitVector } from './unit-vector.ts';
import { WordVectors } from './word-vectors.ts';

/** A turn of one space of vectors into another. */
export interface Alignment {
  /** `[size, size]`, orthogonal: a row vector times it. */
  readonly rotation: Float64Array;
  /** Pairs that both have vectors for. */
  readonly pairs: number;
  /** All vectors, turned. */
  apply(vectors: WordVectors): WordVectors;
}

/**
 * Turns the vectors of one language so that words come near their translations in another: the orthogonal matrix with the least squared distance
 * between unit vectors of pairs.
 *
 * @param dictionary pairs of words, from the source to the target; those that lack a vector are left out
 * @throws {RangeError} if sizes differ, or no pair is left
 * @see Schönemann 1966; Xing et al. 2015; Smith et al. 2017, §2
 * @example
 * const alignment = alignVectors(english, chinese, [['emperor', '皇帝'], ['man', '男人']]);
 * mostSimilar(chinese, [alignment.apply(english).vectorOf('woman')]);
 */
export function alignVectors(
  source: WordVectors,
  target: WordVectors,
  dictionary: Iterable<readonly [source: string, target: string]>,
): Alignment {
  const { size } = source;
  if (target.size !== size) {
    throw new RangeError(`alignVectors: both must have vectors of one size, got ${size} and ${target.size}.`);
  }
  const product = new Float64Array(size * size);
  let pairs = 0;
  for (const [from, to] of dictionary) {
    if (!source.has(from) || !target.has(to)) continue;
    pairs++;
    const [x, y] = [unitVector(source.vectorOf(from)), unitVector(target.vectorOf(to))];
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) product[row * size + column]! += x[row]! * y[column]!;
    }
  }
  if (pairs === 0)
    throw new RangeError('alignVectors: dictionary must have a pair of words that have vectors, got none.');
  const decomposition = singularValues(product, size, size);
  const { v } = decomposition;
  const u = completeColumns(decomposition, size);
  const rotation = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let at = 0; at < size; at++) sum += u[row * size + at]! * v[column * size + at]!;
      rotation[row * size + column] = sum;
    }
  }
  return { rotation, pairs, apply: (vectors) => turn(vectors, rotation, size) };
}

function turn(vectors: WordVectors, rotation: Float64Array, size: number): WordVectors {
  if (vectors.size !== size) {
    throw new RangeError(`Alignment: vectors must have ${size} numbers, got ${describeValue(vectors.size)}.`);
  }
  const table = new Float32Array(vectors.table.length);
  const sums = new Float64Array(size);
  for (let begin = 0; begin < table.length; begin += size) {
    sums.fill(0);
    for (let row = 0; row < size; row++) {
      const value = vectors.table[begin + row]!;
      for (let column = 0; column < size; column++) sums[column]! += value * rotation[row * size + column]!;
    }
    table.set(sums, begin);
  }
  return new WordVectors(vectors.words, table, size);
}

/**
 * The columns of U, those for singular values of zero replaced by any that are orthogonal to the others: there are such where pairs are fewer than
 * dimensions.
 */
function completeColumns({ u, values }: SingularValues, size: number): Float64Array {
  const columns: Float64Array[] = [];
  for (let index = 0; index < size && values[index]! > 1e-9 * values[0]!; index++) {
    columns.push(Float64Array.from({ length: size }, (_, row) => u[row * size + index]!));
  }
  for (let axis = 0; columns.length < size; axis++) {
    const column = new Float64Array(size);
    column[axis] = 1;
    // Twice, against rounding (Gram and Schmidt).
    for (const other of [...columns, ...columns]) {
      const product = other.reduce((sum, x, at) => sum + x * column[at]!, 0);
      for (let at = 0; at < size; at++) column[at]! -= product * other[at]!;
    }
    const norm = Math.hypot(...column);
    if (norm > 1e-3) columns.push(column.map((x) => x / norm));
  }
  return Float64Array.from({ length: size * size }, (_, at) => columns[at % size]![Math.floor(at / size)]!);
}
