const { fround } = Math;

/** Rows of numbers, kept in full or as codes. Sums are float32 after each term, as fastText's are. */
export interface RowMatrix {
  readonly rowCount: number;
  /** Numbers in a row. */
  readonly size: number;
  /** Adds a row to a vector. */
  addRow(row: number, target: Float32Array): void;
  /** The dot product of a row and a vector. */
  dotRow(row: number, vector: Float32Array): number;
}

/** Rows as they are. */
export class DenseMatrix implements RowMatrix {
  readonly rowCount: number;
  readonly size: number;
  /** `[rowCount, size]` */
  readonly values: Float32Array;

  constructor(values: Float32Array, rowCount: number, size: number) {
    this.values = values;
    this.rowCount = rowCount;
    this.size = size;
  }

  addRow(row: number, target: Float32Array): void {
    const { values, size } = this;
    const begin = row * size;
    for (let at = 0; at < size; at++) target[at]! += values[begin + at]!;
  }

  dotRow(row: number, vector: Float32Array): number {
    const { values, size } = this;
    const begin = row * size;
    let sum = 0;
    for (let at = 0; at < size; at++) sum = fround(sum + fround(values[begin + at]! * vector[at]!));
    return sum;
  }
}
