import { Kernel } from './kernel.ts';

/** One number for each row and each column of a row-major matrix. */
export interface Margins {
  readonly rows: Float32Array;
  readonly columns: Float32Array;
}

/** The sums of the squares of each row and each column. */
export function sumsOfSquares(matrix: Float32Array, rowCount: number, columnCount: number): Margins {
  const kernel = Kernel.of([]);
  const sums = { rows: new Float32Array(rowCount), columns: new Float32Array(columnCount) };
  forEachTile(kernel, sums, ({ start, rows, columns, rowPlace, columnPlace }) => {
    const place = kernel.bringIn(GRADIENT, matrix, start, rows * columns);
    kernel.run.addSquares(place, rows, columns, rowPlace, columnPlace);
  });
  return sums;
}

/** The sum of the squares of all elements, each times the factors of its row and its column. */
export function sumOfFactoredSquares(matrix: Float32Array, factors: Margins): number {
  const kernel = Kernel.of([]);
  let sum = 0;
  forEachTile(kernel, factors, ({ start, rows, columns, rowPlace, columnPlace }) => {
    const place = kernel.bringIn(GRADIENT, matrix, start, rows * columns);
    sum += kernel.run.sumOfFactoredSquares(place, rows, columns, rowPlace, columnPlace);
  });
  return sum;
}

/**
 * w ← keep · w − u, in place, where u is the gradient times the factors; a momentum moves to β₁ · m + (1 − β₁) · u and takes
 * the place of u.
 */
export function factoredStep(
  weights: Float32Array,
  gradient: Float32Array,
  momentum: Float32Array | undefined,
  factors: Margins,
  { keep, beta1 }: { readonly keep: number; readonly beta1: number },
): void {
  const kernel = Kernel.of([momentum]);
  forEachTile(kernel, factors, ({ start, rows, columns, rowPlace, columnPlace }) => {
    const count = rows * columns;
    const places = [
      kernel.bringIn(WEIGHTS, weights, start, count),
      kernel.bringIn(GRADIENT, gradient, start, count),
      momentum ? kernel.bringIn(MOMENTUM, momentum, start, count) : 0,
    ];
    kernel.run.factored(...places, rows, columns, rowPlace, columnPlace, keep, beta1, 1 - beta1);
    kernel.takeBack(WEIGHTS, weights, start, count);
    if (momentum) kernel.takeBack(MOMENTUM, momentum, start, count);
  });
}

const [WEIGHTS, GRADIENT, MOMENTUM, ROWS, COLUMNS] = [0, 1, 2, 3, 4];

/** Neighboring elements that fit a chunk: whole rows, or a part of one. */
interface Tile {
  /** Index of the first element. */
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowPlace: number;
  readonly columnPlace: number;
}

/** Visits a matrix tile by tile; what a visit changes in the margins is kept. */
function forEachTile(kernel: Kernel, margins: Margins, visit: (tile: Tile) => void): void {
  const { chunkLength } = kernel;
  const columnCount = margins.columns.length;
  const height = Math.max(1, Math.floor(chunkLength / columnCount));
  for (let column = 0; column < columnCount; column += chunkLength) {
    const columns = margins.columns.subarray(column, column + chunkLength);
    const columnPlace = kernel.bringIn(COLUMNS, columns);
    for (let row = 0; row < margins.rows.length; row += height) {
      const rows = margins.rows.subarray(row, row + height);
      const rowPlace = kernel.bringIn(ROWS, rows);
      const start = row * columnCount + column;
      visit({ start, rows: rows.length, columns: columns.length, rowPlace, columnPlace });
      kernel.takeBack(ROWS, rows);
    }
    kernel.takeBack(COLUMNS, columns);
  }
}
