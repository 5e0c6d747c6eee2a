import { describeValue } from '../describe-value.ts';
import { singularValues } from './singular-values.ts';

/** The directions in which vectors vary most. */
export interface PrincipalComponents {
  /** `[size]`, what was subtracted. */
  readonly mean: Float64Array;
  /** `[components, size]`, of length one, orthogonal; the largest number of each in size is positive. */
  readonly components: Float64Array;
  /** Variance along each, with n − 1 as the divisor. */
  readonly variances: Float64Array;
  /** Of the whole variance, the part along each. */
  readonly shares: Float64Array;
  /** Vectors in these directions, `[rows, components]`. @param table `[rows, size]` */
  project(table: ArrayLike<number>): Float32Array<ArrayBuffer>;
}

/**
 * Principal component analysis: of the covariance of the numbers, by its singular values.
 *
 * @param table  `[rows, size]`, at least two rows
 * @param count  components, at most `size`
 * @see Pearson 1901; Jolliffe, "Principal Component Analysis", §3.5
 */
export function principalComponents(
  table: ArrayLike<number>,
  size: number,
  count: number,
): PrincipalComponents {
  const rows = table.length / size;
  if (!Number.isSafeInteger(rows) || rows < 2) {
    throw new RangeError(
      `principalComponents: the table must have two rows of ${size} at least, got ${table.length} numbers.`,
    );
  }
  if (!Number.isSafeInteger(count) || count < 1 || count > size) {
    throw new RangeError(
      `principalComponents: count must be from 1 to ${size}, got ${describeValue(count)}.`,
    );
  }
  const mean = new Float64Array(size);
  for (let at = 0; at < table.length; at++) mean[at % size]! += table[at]! / rows;
  const covariance = new Float64Array(size * size);
  const centered = new Float64Array(size);
  for (let begin = 0; begin < table.length; begin += size) {
    for (let at = 0; at < size; at++) centered[at] = table[begin + at]! - mean[at]!;
    for (let row = 0; row < size; row++) {
      for (let column = row; column < size; column++) {
        covariance[row * size + column]! += (centered[row]! * centered[column]!) / (rows - 1);
      }
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++)
      covariance[row * size + column] = covariance[column * size + row]!;
  }
  const { values, v } = singularValues(covariance, size, size);
  const total = values.reduce((sum, value) => sum + value, 0);
  const components = new Float64Array(count * size);
  for (let component = 0; component < count; component++) {
    let largest = 0;
    for (let at = 0; at < size; at++) {
      const value = v[at * size + component]!;
      components[component * size + at] = value;
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    if (largest >= 0) continue;
    for (let at = 0; at < size; at++) components[component * size + at]! *= -1;
  }
  return {
    mean,
    components,
    variances: values.slice(0, count),
    shares: values.slice(0, count).map((value) => (total > 0 ? value / total : 0)),
    project(other) {
      const points = new Float32Array((other.length / size) * count);
      for (let begin = 0, place = 0; begin < other.length; begin += size) {
        for (let component = 0; component < count; component++) {
          let sum = 0;
          for (let at = 0; at < size; at++) {
            sum += (other[begin + at]! - mean[at]!) * components[component * size + at]!;
          }
          points[place++] = sum;
        }
      }
      return points;
    },
  };
}
