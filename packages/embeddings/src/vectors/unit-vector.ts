/** A vector of length one in the same direction; zero stays zero. @returns a copy, `[size]` */
export function unitVector(vector: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(vector.length);
  const scale = inverseNorm(vector, 0, vector.length);
  for (let at = 0; at < vector.length; at++) unit[at] = vector[at]! * scale;
  return unit;
}

/** One by the length of a part of an array; 0 if that is 0. */
export function inverseNorm(table: ArrayLike<number>, begin: number, end: number): number {
  let squares = 0;
  for (let at = begin; at < end; at++) squares += table[at]! * table[at]!;
  return squares > 0 ? 1 / Math.sqrt(squares) : 0;
}
