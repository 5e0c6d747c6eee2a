// AssemblyScript: the loops of the optimizers, four float32 lanes at a time, on arrays in this memory, where the host keeps
// them or copies chunks of them to. Built into src/optimizers/optimizer-kernel.wasm.ts by assembly/build.js.
//
// Arrays are given by their byte offsets, multiples of 16. Every `length` is rounded up to a multiple of four. In all kernels the
// gradient is `gradientScale · g + penalty · w` first, where the penalty is an L2 weight decay.

/** Elements in a chunk; a chunk of each operand fits the second-level cache. */
export const chunkLength: i32 = 16384;
/** Where chunks are copied to, one after the other. What the host keeps here follows them. */
export const chunks: usize = 1024;

/** The smallest normal float32. Moments below it are set to zero: arithmetic on subnormal numbers is slow. */
const SMALLEST: f32 = 1.17549435e-38;

function withoutSubnormals(x: v128): v128 {
  // NaN is not below it, and stays.
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(SMALLEST)));
}

/** a · x + b · y */
function combine(a: v128, x: v128, b: v128, y: v128): v128 {
  return f32x4.add(f32x4.mul(a, x), f32x4.mul(b, y));
}

/** Plain gradient descent. */
export function descend(
  weights: usize,
  gradient: usize,
  length: i32,
  gradientScale: f32,
  penalty: f32,
  learningRate: f32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(f32x4.splat(learningRate), g)));
  }
}

/** v ← momentum · v + rest · g, then w ← w − learningRate · (ahead · g + share · v). */
export function descendWithMomentum(
  weights: usize,
  gradient: usize,
  velocity: usize,
  length: i32,
  gradientScale: f32,
  penalty: f32,
  learningRate: f32,
  momentum: f32,
  rest: f32,
  ahead: f32,
  share: f32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    const v = withoutSubnormals(
      combine(f32x4.splat(momentum), v128.load(velocity + at), f32x4.splat(rest), g),
    );
    v128.store(velocity + at, v);
    const direction = combine(f32x4.splat(ahead), g, f32x4.splat(share), v);
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(f32x4.splat(learningRate), direction)));
  }
}

/**
 * Adam and AdamW: weights times `keep`, then the step, with the largest second moment so far if `largest` is not 0, else with the
 * last one. `rest` is 1 − beta, rounded once: in float32 the subtraction loses digits.
 */
export function adam(
  weights: usize,
  gradient: usize,
  first: usize,
  second: usize,
  largest: usize,
  length: i32,
  gradientScale: f32,
  penalty: f32,
  keep: f32,
  stepSize: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  inverseCorrection: f32,
  epsilon: f32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    const m = withoutSubnormals(combine(f32x4.splat(beta1), v128.load(first + at), f32x4.splat(rest1), g));
    let v = withoutSubnormals(
      combine(f32x4.splat(beta2), v128.load(second + at), f32x4.splat(rest2), f32x4.mul(g, g)),
    );
    v128.store(first + at, m);
    v128.store(second + at, v);
    if (largest) {
      v = f32x4.max(v, v128.load(largest + at));
      v128.store(largest + at, v);
    }
    const deviation = f32x4.add(
      f32x4.mul(f32x4.sqrt(v), f32x4.splat(inverseCorrection)),
      f32x4.splat(epsilon),
    );
    const update = f32x4.div(f32x4.mul(f32x4.splat(stepSize), m), deviation);
    v128.store(weights + at, f32x4.sub(f32x4.mul(w, f32x4.splat(keep)), update));
  }
}

export function adagrad(
  weights: usize,
  gradient: usize,
  squares: usize,
  length: i32,
  gradientScale: f32,
  penalty: f32,
  learningRate: f32,
  epsilon: f32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    const sum = f32x4.add(v128.load(squares + at), f32x4.mul(g, g));
    v128.store(squares + at, sum);
    const deviation = f32x4.add(f32x4.sqrt(sum), f32x4.splat(epsilon));
    v128.store(weights + at, f32x4.sub(w, f32x4.div(f32x4.mul(f32x4.splat(learningRate), g), deviation)));
  }
}

/** Centered if `means` is not 0, with momentum if `velocity` is not 0. */
export function rmsprop(
  weights: usize,
  gradient: usize,
  squares: usize,
  means: usize,
  velocity: usize,
  length: i32,
  gradientScale: f32,
  penalty: f32,
  learningRate: f32,
  alpha: f32,
  rest: f32,
  epsilon: f32,
  momentum: f32,
): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    let variance = withoutSubnormals(
      combine(f32x4.splat(alpha), v128.load(squares + at), f32x4.splat(rest), f32x4.mul(g, g)),
    );
    v128.store(squares + at, variance);
    if (means) {
      const mean = withoutSubnormals(
        combine(f32x4.splat(alpha), v128.load(means + at), f32x4.splat(rest), g),
      );
      v128.store(means + at, mean);
      // Rounding may leave it a little below zero.
      variance = f32x4.max(f32x4.sub(variance, f32x4.mul(mean, mean)), f32x4.splat(0));
    }
    let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(variance), f32x4.splat(epsilon)));
    if (velocity) {
      direction = withoutSubnormals(
        f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(velocity + at)), direction),
      );
      v128.store(velocity + at, direction);
    }
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(f32x4.splat(learningRate), direction)));
  }
}

export function lion(
  weights: usize,
  gradient: usize,
  momentum: usize,
  length: i32,
  gradientScale: f32,
  keep: f32,
  learningRate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
): void {
  const zero = f32x4.splat(0);
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = f32x4.mul(f32x4.splat(gradientScale), v128.load(gradient + at));
    const m = v128.load(momentum + at);
    const blend = combine(f32x4.splat(beta1), m, f32x4.splat(rest1), g);
    const rate = f32x4.splat(learningRate);
    const step = f32x4.sub(v128.and(rate, f32x4.gt(blend, zero)), v128.and(rate, f32x4.lt(blend, zero)));
    // NaN has no sign: the difference, else zero, keeps it visible.
    const update = f32x4.add(step, f32x4.sub(blend, blend));
    v128.store(weights + at, f32x4.sub(f32x4.mul(f32x4.splat(keep), v128.load(weights + at)), update));
    v128.store(momentum + at, withoutSubnormals(combine(f32x4.splat(beta2), m, f32x4.splat(rest2), g)));
  }
}

/** The sum of the squares of `length` elements, zeros up to a multiple of four, in float64. */
export function sumOfSquares(values: usize, length: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const four = v128.load(values + at);
    const front = f64x2.promote_low_f32x4(four);
    const back = f64x2.promote_low_f32x4(
      i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15),
    );
    low = f64x2.add(low, f64x2.mul(front, front));
    high = f64x2.add(high, f64x2.mul(back, back));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
