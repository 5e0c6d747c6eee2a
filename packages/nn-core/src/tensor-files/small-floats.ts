/** Sign, 5 bits of exponent, 10 of fraction, moved to where float32 has them (1, 8, 23). */
export function readFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0)
      floats[index] = (sign ? -fraction : fraction) * 2 ** -24; // zero and subnormal numbers
    else bits[index] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}

/** The upper half of a float32. */
export function readBrainFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

/**
 * Eight-bit floats, by table.
 *
 * E5M2 is the upper half of a binary16. E4M3 has a bias of 7 and gives the place of infinities to numbers, up to 448; only
 * all ones is NaN.
 *
 * @see Micikevicius et al. 2022, FP8 formats for deep learning, table 1
 */
export function readFloat8(bytes: Uint8Array, format: 'F8_E4M3' | 'F8_E5M2'): Float32Array<ArrayBuffer> {
  const codes = Uint16Array.from({ length: 256 }, (_, code) => code << 8);
  const values = format === 'F8_E5M2' ? readFloat16(codes) : Float32Array.from(codes, valueOfE4M3);
  const floats = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) floats[index] = values[bytes[index]!]!;
  return floats;
}

function valueOfE4M3(_: number, code: number): number {
  if ((code & 0x7f) === 0x7f) return Number.NaN;
  const exponent = (code >> 3) & 0xf;
  const fraction = code & 0x7;
  const magnitude = exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10);
  return code & 0x80 ? -magnitude : magnitude;
}

/** Rounds to binary16, halves to even; beyond 65 504 to infinity. */
export function writeFloat16(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  for (let index = 0; index < floats.length; index++) {
    const sign = (bits[index]! >>> 16) & 0x8000;
    const magnitude = bits[index]! & 0x7fff_ffff;
    let half: number;
    if (magnitude > 0x7f80_0000) half = 0x7e00;
    else if (magnitude >= 0x4780_0000)
      half = 0x7c00; // 2¹⁶
    else if (magnitude >= 0x3880_0000) {
      // 2⁻¹⁴: normal. A carry out of the fraction raises the exponent, at the top to infinity.
      half = (magnitude + 0xfff + ((magnitude >> 13) & 1) - 0x3800_0000) >> 13;
    } else half = Math.abs(floats[index]!) * 2 ** 24 + 2 ** 52 - 2 ** 52; // to an integer, halves to even
    halves[index] = sign | half;
  }
  return halves;
}

/** Rounds to the upper half of a float32, halves to even. */
export function writeBrainFloat16(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  for (let index = 0; index < floats.length; index++) {
    const word = bits[index]!;
    const noNumber = (word & 0x7fff_ffff) > 0x7f80_0000;
    halves[index] = noNumber ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
