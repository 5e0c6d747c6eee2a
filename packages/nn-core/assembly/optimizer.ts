// AssemblyScript: the loops of the optimizer, four float32 lanes at a time, on chunks that the host copies into
// memory. Built into src/optimizers/optimizer-kernel.wasm.ts by assembly/build.js.

/** Elements in a chunk; a chunk of each operand fits the second-level cache. */
export const chunkLength: i32 = 16384;
/** Byte offsets of the four operands. */
export const weights: usize = 1024;
export const gradient: usize = weights + ((<usize>chunkLength) << 2);
export const first: usize = gradient + ((<usize>chunkLength) << 2);
export const second: usize = first + ((<usize>chunkLength) << 2);

/** The smallest normal float32. Moments below it are set to zero: arithmetic on subnormal numbers is slow. */
const SMALLEST: f32 = 1.17549435e-38;

/** One AdamW step on the first `length` elements, rounded up to a multiple of four. */
export function adamw(
  length: i32,
  keep: f32,
  stepSize: f32,
  beta1: f32,
  beta2: f32,
  inverseCorrection: f32,
  epsilon: f32,
  gradientScale: f32,
): void {
  const keeps = f32x4.splat(keep);
  const steps = f32x4.splat(stepSize);
  const decay1 = f32x4.splat(beta1);
  const rest1 = f32x4.splat(1 - beta1);
  const decay2 = f32x4.splat(beta2);
  const rest2 = f32x4.splat(1 - beta2);
  const corrections = f32x4.splat(inverseCorrection);
  const epsilons = f32x4.splat(epsilon);
  const scales = f32x4.splat(gradientScale);
  const smallest = f32x4.splat(SMALLEST);
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), scales);
    let m = f32x4.add(f32x4.mul(v128.load(first + at), decay1), f32x4.mul(g, rest1));
    let v = f32x4.add(f32x4.mul(v128.load(second + at), decay2), f32x4.mul(f32x4.mul(g, g), rest2));
    m = v128.and(m, f32x4.ge(f32x4.abs(m), smallest));
    v = v128.and(v, f32x4.ge(v, smallest));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const deviation = f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons);
    const update = f32x4.div(f32x4.mul(steps, m), deviation);
    v128.store(weights + at, f32x4.sub(f32x4.mul(v128.load(weights + at), keeps), update));
  }
}

/** The sum of the squares of the gradient's first `length` elements, a multiple of four, in float64. */
export function sumOfSquares(length: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = (<usize>length) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const values = v128.load(gradient + at);
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
