// AssemblyScript: the loops of optimizers that treat rows and columns apart, on tiles of a row-major matrix in this memory. Arrays
// are given by their byte offsets; tiles may have any number of columns, and begin at any element.

/** Adds the squares of a tile to the sums of its rows and columns. */
export function addSquares(tile: usize, rows: i32, columns: i32, rowSums: usize, columnSums: usize): void {
  const width = (<usize>columns) << 2;
  const whole = width & ~15;
  for (let row = 0; row < rows; row++) {
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const x = v128.load(tile + at);
      const square = f32x4.mul(x, x);
      sums = f32x4.add(sums, square);
      v128.store(columnSums + at, f32x4.add(v128.load(columnSums + at), square));
    }
    let sum = sumOfLanes(sums);
    for (let at = whole; at < width; at += 4) {
      const x = load<f32>(tile + at);
      sum += x * x;
      store<f32>(columnSums + at, load<f32>(columnSums + at) + x * x);
    }
    store<f32>(rowSums, load<f32>(rowSums) + sum);
    tile += width;
    rowSums += 4;
  }
}

/** The sum of the squares of a tile whose elements are multiplied by their row's and their column's factor. */
export function sumOfFactoredSquares(
  tile: usize,
  rows: i32,
  columns: i32,
  rowFactors: usize,
  columnFactors: usize,
): f64 {
  const width = (<usize>columns) << 2;
  const whole = width & ~15;
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let sums = f32x4.splat(0);
    const factor = load<f32>(rowFactors);
    const factors = f32x4.splat(factor);
    for (let at: usize = 0; at < whole; at += 16) {
      const x = f32x4.mul(f32x4.mul(factors, v128.load(columnFactors + at)), v128.load(tile + at));
      sums = f32x4.add(sums, f32x4.mul(x, x));
    }
    let sum = sumOfLanes(sums);
    for (let at = whole; at < width; at += 4) {
      const x = factor * load<f32>(columnFactors + at) * load<f32>(tile + at);
      sum += x * x;
    }
    total += sum;
    tile += width;
    rowFactors += 4;
  }
  return total;
}

/**
 * w ← keep · w − u, where u is the gradient times both factors; if `momentum` is not 0, it moves towards u and takes
 * its place.
 */
export function factored(
  weights: usize,
  gradient: usize,
  momentum: usize,
  rows: i32,
  columns: i32,
  rowFactors: usize,
  columnFactors: usize,
  keep: f32,
  beta1: f32,
  rest1: f32,
): void {
  const width = (<usize>columns) << 2;
  const whole = width & ~15;
  for (let row = 0; row < rows; row++) {
    const factor = load<f32>(rowFactors);
    const factors = f32x4.splat(factor);
    for (let at: usize = 0; at < whole; at += 16) {
      let u = f32x4.mul(f32x4.mul(factors, v128.load(columnFactors + at)), v128.load(gradient + at));
      if (momentum) {
        const kept = f32x4.mul(f32x4.splat(beta1), v128.load(momentum + at));
        u = f32x4.add(kept, f32x4.mul(f32x4.splat(rest1), u));
        v128.store(momentum + at, u);
      }
      v128.store(weights + at, f32x4.sub(f32x4.mul(f32x4.splat(keep), v128.load(weights + at)), u));
    }
    for (let at = whole; at < width; at += 4) {
      let u = factor * load<f32>(columnFactors + at) * load<f32>(gradient + at);
      if (momentum) {
        u = beta1 * load<f32>(momentum + at) + rest1 * u;
        store<f32>(momentum + at, u);
      }
      store<f32>(weights + at, keep * load<f32>(weights + at) - u);
    }
    weights += width;
    gradient += width;
    if (momentum) momentum += width;
    rowFactors += 4;
  }
}

function sumOfLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
