/** A = U Σ Vᵀ, all matrices row after row. */
export interface SingularValues {
  /** `[rows, columns]`, columns of length one (of zero, where the value is). */
  readonly u: Float64Array;
  /** `[columns]`, the largest first. */
  readonly values: Float64Array;
  /** `[columns, columns]`: column i belongs to value i. */
  readonly v: Float64Array;
}

/** Sweeps at most; some ten are enough for hundreds of columns. */
const SWEEPS = 60;

/**
 * The singular value decomposition of a matrix with at least as many rows as columns, by one-sided Jacobi rotations: columns are turned against each
 * other until all are orthogonal. Accurate to the last digits, in time rows × columns² for each sweep.
 *
 * @param matrix `[rows, columns]`
 * @see Hestenes 1958; Golub and Van Loan, "Matrix Computations", §8.6.3
 */
export function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): SingularValues {
  if (matrix.length !== rows * columns || rows < columns) {
    throw new RangeError(
      `singularValues: the matrix must be [${rows}, ${columns}] with as many rows as columns, got ${matrix.length} numbers.`,
    );
  }
  // Column after column, so that rotations run through memory.
  const a = Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (_, row) => matrix[row * columns + column]!),
  );
  const v = Array.from({ length: columns }, (_, column) => {
    const unit = new Float64Array(columns);
    unit[column] = 1;
    return unit;
  });
  for (let sweep = 0, isDone = false; !isDone && sweep < SWEEPS; sweep++) {
    isDone = true;
    for (let p = 0; p < columns - 1; p++) {
      for (let q = p + 1; q < columns; q++) {
        const [pp, qq, pq] = products(a[p]!, a[q]!);
        if (Math.abs(pq) <= 1e-15 * Math.sqrt(pp * qq) || pq === 0) continue;
        isDone = false;
        const zeta = (qq - pp) / (2 * pq);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        rotate(a[p]!, a[q]!, c, c * t);
        rotate(v[p]!, v[q]!, c, c * t);
      }
    }
  }
  const norms = a.map((column) => Math.sqrt(column.reduce((sum, x) => sum + x * x, 0)));
  const order = [...norms.keys()].sort((x, y) => norms[y]! - norms[x]!);
  const u = new Float64Array(rows * columns);
  const right = new Float64Array(columns * columns);
  for (const [place, column] of order.entries()) {
    const scale = norms[column]! > 0 ? 1 / norms[column]! : 0;
    for (let row = 0; row < rows; row++) u[row * columns + place] = a[column]![row]! * scale;
    for (let row = 0; row < columns; row++) right[row * columns + place] = v[column]![row]!;
  }
  return { u, values: Float64Array.from(order, (column) => norms[column]!), v: right };
}

function products(p: Float64Array, q: Float64Array): [pp: number, qq: number, pq: number] {
  let [pp, qq, pq] = [0, 0, 0];
  for (let at = 0; at < p.length; at++) {
    pp += p[at]! * p[at]!;
    qq += q[at]! * q[at]!;
    pq += p[at]! * q[at]!;
  }
  return [pp, qq, pq];
}

function rotate(p: Float64Array, q: Float64Array, cosine: number, sine: number): void {
  for (let at = 0; at < p.length; at++) {
    const x = p[at]!;
    p[at] = cosine * x - sine * q[at]!;
    q[at] = sine * x + cosine * q[at]!;
  }
}
