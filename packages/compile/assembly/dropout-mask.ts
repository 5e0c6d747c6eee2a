// Dropout factors from Threefry-2x32-20, eight counters at a time: AssemblyScript, compiled by build.js.
//
// The numbers are those of fillDropoutMask in src/random/threefry.ts, which says what they are.

const chunk: usize = memory.data(65536);

/** Where factors are written. */
export function chunkStart(): usize {
  return chunk;
}

function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/**
 * Writes the factors of `blocks` counters, a multiple of eight, four for each.
 *
 * @param threshold of the 65536 values of a draw, how many keep their element; at most 65535
 */
export function fill(blocks: i32, key0: i32, key1: i32, first: i32, threshold: i32, scale: f32): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  const bound = i16x8.splat(<i16>threshold);
  const factor = f32x4.splat(scale);
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const steps = i32x4(0, 1, 2, 3);
  let place = chunk;
  for (let block = 0; block < blocks; block += 8) {
    // Two groups of four, whose steps do not wait for each other.
    let a0 = i32x4.add(i32x4.add(i32x4.splat(first + block), steps), k0);
    let b0 = i32x4.add(i32x4.add(i32x4.splat(first + block + 4), steps), k0);
    let a1 = k1;
    let b1 = k1;
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 13), a0);
    b1 = v128.xor(rotate(b1, 13), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 15), a0);
    b1 = v128.xor(rotate(b1, 15), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 26), a0);
    b1 = v128.xor(rotate(b1, 26), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 6), a0);
    b1 = v128.xor(rotate(b1, 6), b0);
    a0 = i32x4.add(a0, i32x4.splat(key1));
    b0 = i32x4.add(b0, i32x4.splat(key1));
    a1 = i32x4.add(a1, i32x4.splat(key2 + 1));
    b1 = i32x4.add(b1, i32x4.splat(key2 + 1));

    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 17), a0);
    b1 = v128.xor(rotate(b1, 17), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 29), a0);
    b1 = v128.xor(rotate(b1, 29), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 16), a0);
    b1 = v128.xor(rotate(b1, 16), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 24), a0);
    b1 = v128.xor(rotate(b1, 24), b0);
    a0 = i32x4.add(a0, i32x4.splat(key2));
    b0 = i32x4.add(b0, i32x4.splat(key2));
    a1 = i32x4.add(a1, i32x4.splat(key0 + 2));
    b1 = i32x4.add(b1, i32x4.splat(key0 + 2));

    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 13), a0);
    b1 = v128.xor(rotate(b1, 13), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 15), a0);
    b1 = v128.xor(rotate(b1, 15), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 26), a0);
    b1 = v128.xor(rotate(b1, 26), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 6), a0);
    b1 = v128.xor(rotate(b1, 6), b0);
    a0 = i32x4.add(a0, i32x4.splat(key0));
    b0 = i32x4.add(b0, i32x4.splat(key0));
    a1 = i32x4.add(a1, i32x4.splat(key1 + 3));
    b1 = i32x4.add(b1, i32x4.splat(key1 + 3));

    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 17), a0);
    b1 = v128.xor(rotate(b1, 17), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 29), a0);
    b1 = v128.xor(rotate(b1, 29), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 16), a0);
    b1 = v128.xor(rotate(b1, 16), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 24), a0);
    b1 = v128.xor(rotate(b1, 24), b0);
    a0 = i32x4.add(a0, i32x4.splat(key1));
    b0 = i32x4.add(b0, i32x4.splat(key1));
    a1 = i32x4.add(a1, i32x4.splat(key2 + 4));
    b1 = i32x4.add(b1, i32x4.splat(key2 + 4));

    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 13), a0);
    b1 = v128.xor(rotate(b1, 13), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 15), a0);
    b1 = v128.xor(rotate(b1, 15), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 26), a0);
    b1 = v128.xor(rotate(b1, 26), b0);
    a0 = i32x4.add(a0, a1);
    b0 = i32x4.add(b0, b1);
    a1 = v128.xor(rotate(a1, 6), a0);
    b1 = v128.xor(rotate(b1, 6), b0);
    a0 = i32x4.add(a0, i32x4.splat(key2));
    b0 = i32x4.add(b0, i32x4.splat(key2));
    a1 = i32x4.add(a1, i32x4.splat(key0 + 5));
    b1 = i32x4.add(b1, i32x4.splat(key0 + 5));

    store(place, a0, a1, bound, factor);
    store(place + 64, b0, b1, bound, factor);
    place += 128;
  }
}

/** The words in turns are the draws of 16 bits in their order. */
function store(place: usize, x0: v128, x1: v128, bound: v128, factor: v128): void {
  const low = i16x8.lt_u(v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), bound);
  const high = i16x8.lt_u(v128.shuffle<i32>(x0, x1, 2, 6, 3, 7), bound);
  v128.store(place, v128.and(i32x4.extend_low_i16x8_s(low), factor));
  v128.store(place, v128.and(i32x4.extend_high_i16x8_s(low), factor), 16);
  v128.store(place, v128.and(i32x4.extend_low_i16x8_s(high), factor), 32);
  v128.store(place, v128.and(i32x4.extend_high_i16x8_s(high), factor), 48);
}
