// AssemblyScript: the loops of the optimizers, four float32 lanes at a time, on chunks that the host copies into
// memory. Built into src/optimizers/optimizer-kernel.wasm.ts by assembly/build.js.
//
// Every `length` is rounded up to a multiple of four. In all kernels the gradient is `gradientScale · g + penalty · w`
// first, where the penalty is an L2 weight decay.

/** Elements in a chunk; a chunk of each operand fits the second-level cache. */
export const chunkLength: i32 = 16384;
/** Byte offset of the first operand; the others follow, a chunk each. */
export const operands: usize = 1024;

const STRIDE: usize = (<usize>chunkLength) << 2;
const weights: usize = operands;
const gradient: usize = weights + STRIDE;
const slot0: usize = gradient + STRIDE;
const slot1: usize = slot0 + STRIDE;
const slot2: usize = slot1 + STRIDE;

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

function subtract(at: usize, w: v128, update: v128): void {
  v128.store(weights + at, f32x4.sub(w, update));
}

/** Plain gradient descent. */
export function descend(length: i32, gradientScale: f32, penalty: f32, learningRate: f32): void {
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const w = v128.load(weights + at);
    const g = combine(f32x4.splat(gradientScale), v128.load(gradient + at), f32x4.splat(penalty), w);
    subtract(at, w, f32x4.mul(f32x4.splat(learningRate), g));
  }
}

/** v ← momentum · v + rest · g, then w ← w − learningRate · (ahead · g + share · v). */
export function descendWithMomentum(
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
    const v = withoutSubnormals(combine(f32x4.splat(momentum), v128.load(slot0 + at), f32x4.splat(rest), g));
    v128.store(slot0 + at, v);
    const direction = combine(f32x4.splat(ahead), g, f32x4.splat(share), v);
    subtract(at, w, f32x4.mul(f32x4.splat(learningRate), direction));
  }
}

/**
 * Adam and AdamW: weights times `keep`, then the step, with the `largest` second moment so far in the third slot or with the last
 * one. `rest` is 1 − beta, rounded once: in float32 the subtraction loses digits.
 */
export function adam(
  length: i32,
  largest: bool,
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
    const m = withoutSubnormals(combine(f32x4.splat(beta1), v128.load(slot0 + at), f32x4.splat(rest1), g));
    let v = withoutSubnormals(
      combine(f32x4.splat(beta2), v128.load(slot1 + at), f32x4.splat(rest2), f32x4.mul(g, g)),
    );
    v128.store(slot0 + at, m);
    v128.store(slot1 + at, v);
    if (largest) {
      v = f32x4.max(v, v128.load(slot2 + at));
      v128.store(slot2 + at, v);
    }
    const deviation = f32x4.add(
      f32x4.mul(f32x4.sqrt(v), f32x4.splat(inverseCorrection)),
      f32x4.splat(epsilon),
    );
    const update = f32x4.div(f32x4.mul(f32x4.splat(stepSize), m), deviation);
    subtract(at, f32x4.mul(w, f32x4.splat(keep)), update);
  }
}

export function adagrad(
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
    const sum = f32x4.add(v128.load(slot0 + at), f32x4.mul(g, g));
    v128.store(slot0 + at, sum);
    const deviation = f32x4.add(f32x4.sqrt(sum), f32x4.splat(epsilon));
    subtract(at, w, f32x4.div(f32x4.mul(f32x4.splat(learningRate), g), deviation));
  }
}

/** Mean squares are the first slot; the mean, if `centered`, the second; the direction, if `moving`, the third. */
export function rmsprop(
  length: i32,
  centered: bool,
  moving: bool,
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
      combine(f32x4.splat(alpha), v128.load(slot0 + at), f32x4.splat(rest), f32x4.mul(g, g)),
    );
    v128.store(slot0 + at, variance);
    if (centered) {
      const mean = withoutSubnormals(
        combine(f32x4.splat(alpha), v128.load(slot1 + at), f32x4.splat(rest), g),
      );
      v128.store(slot1 + at, mean);
      // Rounding may leave it a little below zero.
      variance = f32x4.max(f32x4.sub(variance, f32x4.mul(mean, mean)), f32x4.splat(0));
    }
    let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(variance), f32x4.splat(epsilon)));
    if (moving) {
      direction = withoutSubnormals(
        f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(slot2 + at)), direction),
      );
      v128.store(slot2 + at, direction);
    }
    subtract(at, w, f32x4.mul(f32x4.splat(learningRate), direction));
  }
}

export function lion(
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
    const m = v128.load(slot0 + at);
    const blend = combine(f32x4.splat(beta1), m, f32x4.splat(rest1), g);
    const rate = f32x4.splat(learningRate);
    const step = f32x4.sub(v128.and(rate, f32x4.gt(blend, zero)), v128.and(rate, f32x4.lt(blend, zero)));
    // NaN has no sign: the difference, else zero, keeps it visible.
    const update = f32x4.add(step, f32x4.sub(blend, blend));
    subtract(at, f32x4.mul(f32x4.splat(keep), v128.load(weights + at)), update);
    v128.store(slot0 + at, withoutSubnormals(combine(f32x4.splat(beta2), m, f32x4.splat(rest2), g)));
  }
}

/** The sum of the squares of the first operand's first `length` elements, a multiple of four, in float64. */
export function sumOfSquares(length: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const values = v128.load(weights + at);
    const front = f64x2.promote_low_f32x4(values);
    const back = f64x2.promote_low_f32x4(
      i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15),
    );
    low = f64x2.add(low, f64x2.mul(front, front));
    high = f64x2.add(high, f64x2.mul(back, back));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
