const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** The bits of the nearest float16, ties to even; what is too small for a normal one is zero, what is too large the largest. */
export function floatToHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude < 0x38800000) return sign;
  const rounded = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13;
  return sign | Math.min(rounded, 0x7bff);
}
