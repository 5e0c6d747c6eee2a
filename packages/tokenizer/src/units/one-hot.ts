import { describeValue } from '../describe-value.ts';

/**
 * Ids as one-hot vectors, without the zeros being stored: row n has a 1 in the column that the n-th id names, and zeros elsewhere.
 *
 * Multiplying such a matrix with a weight of `[size, width]` picks rows of the weight. That is what an embedding is: {@link multiply} is the product,
 * done by copying rows.
 */
export class OneHotView {
  readonly ids: Int32Array;
  /** Columns: the size of the vocabulary. */
  readonly size: number;

  /** @throws {RangeError} if an id is no integer from 0 on below `size` */
  constructor(ids: ArrayLike<number>, size: number) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`OneHotView: size must be a positive integer, got ${describeValue(size)}.`);
    }
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row]!;
      if (!Number.isInteger(id) || id < 0 || id >= size) {
        throw new RangeError(
          `OneHotView: ids[${row}] must be an integer of at least 0 and below ${size}, got ${describeValue(id)}.`,
        );
      }
    }
    this.ids = Int32Array.from(ids);
    this.size = size;
  }

  /** `[rows, columns]` */
  get shape(): [number, number] {
    return [this.ids.length, this.size];
  }

  /** 1 or 0. */
  at(row: number, column: number): number {
    return this.ids[row] === column ? 1 : 0;
  }

  /** One vector, `[size]`. */
  row(row: number): Float32Array {
    const vector = new Float32Array(this.size);
    const id = this.ids[row];
    if (id === undefined) {
      throw new RangeError(
        `OneHotView: row must be at least 0 and below ${this.ids.length}, got ${describeValue(row)}.`,
      );
    }
    vector[id] = 1;
    return vector;
  }

  /** The whole matrix, row by row: `[rows, size]`. */
  toArray(): Float32Array {
    const matrix = new Float32Array(this.ids.length * this.size);
    this.ids.forEach((id, row) => {
      matrix[row * this.size + id] = 1;
    });
    return matrix;
  }

  /**
   * The product with a matrix.
   *
   * @param matrix `[size, width]`, row by row
   * @returns `[rows, width]`
   * @throws {RangeError} if the matrix does not have `size` rows
   */
  multiply(matrix: Float32Array, width: number): Float32Array {
    if (matrix.length !== this.size * width) {
      throw new RangeError(
        `OneHotView.multiply: matrix must have ${this.size} rows of ${width}, got ${matrix.length} elements.`,
      );
    }
    const product = new Float32Array(this.ids.length * width);
    this.ids.forEach((id, row) => {
      product.set(matrix.subarray(id * width, (id + 1) * width), row * width);
    });
    return product;
  }
}
