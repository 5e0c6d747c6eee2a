import { inverseNorm } from './unit-vector.ts';
import type { WordVectors } from './word-vectors.ts';

const tables = new WeakMap<WordVectors, Float32Array<ArrayBuffer>>();

/** All vectors scaled to length one, `[words, size]`: made when it is first asked for, and kept as long as they are. Not a copy: do not change it. */
export function unitTable(vectors: WordVectors): Float32Array<ArrayBuffer> {
  let unit = tables.get(vectors);
  if (!unit) {
    const { table, size } = vectors;
    unit = new Float32Array(table.length);
    for (let begin = 0; begin < table.length; begin += size) {
      const scale = inverseNorm(table, begin, begin + size);
      for (let at = begin; at < begin + size; at++) unit[at] = table[at]! * scale;
    }
    tables.set(vectors, unit);
  }
  return unit;
}
