/** The largest finite float16. */
export const FLOAT16_MAX = 65504;

/**
 * IEEE 754 half precision, as the bits of each number; rounds to nearest, ties to even. What is larger than
 * {@link FLOAT16_MAX} becomes infinite.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  for (let index = 0; index < values.length; index++) {
    float[0] = values[index]!;
    const sign = (bits[0]! >>> 16) & 0x8000;
    const magnitude = bits[0]! & 0x7fffffff;
    halves[index] = sign | halfOf(magnitude);
  }
  return halves;
}

/** The numbers behind half precision bits. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) {
      floats[index] = (half & 0x8000 ? -fraction : fraction) * 2 ** -24; // zero and subnormal numbers
    } else {
      bits[index] =
        ((half & 0x8000) << 16) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
    }
  }
  return floats;
}

/** @param magnitude the bits of a float32 without its sign */
function halfOf(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7e00; // not a number
  if (magnitude >= 0x47800000) return 0x7c00; // 65 536 and more, infinity
  if (magnitude < 0x38800000) {
    // Less than 2⁻¹⁴: counted in units of 2⁻²⁴.
    const shift = 126 - (magnitude >>> 23);
    return shift > 24 ? 0 : roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
  }
  return roundedShift(magnitude - 0x38000000, 13); // a carry into the exponent, up to infinity, is right
}

/** value / 2^shift, ties to even. */
function roundedShift(value: number, shift: number): number {
  const quotient = value >>> shift;
  const remainder = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return quotient + Number(remainder > half || (remainder === half && (quotient & 1) === 1));
}
