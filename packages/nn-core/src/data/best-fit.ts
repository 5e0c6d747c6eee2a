/**
 * Packs pieces into bins of one capacity, the longest first, each into the fullest bin it fits in: within 11/9 of the
 * fewest bins, and of short texts nearly always within a bin or two.
 *
 * @param lengths of the pieces, descending, from 1 to `capacity`
 * @returns for each piece its bin; bins are numbered in the order of their first piece
 * @see Johnson et al. 1974, "Worst-case performance bounds for simple one-dimensional packing algorithms"; Ding et al.
 * 2024, "Fewer truncations improve language modeling", §3.2
 */
export function bestFitDecreasing(
  lengths: ArrayLike<number>,
  capacity: number,
): { readonly binOf: Int32Array; readonly count: number } {
  const binOf = new Int32Array(lengths.length);
  const open = new RoomIndex(capacity);
  let count = 0;
  for (let piece = 0; piece < lengths.length; piece++) {
    const length = lengths[piece]!;
    const found = open.take(length);
    const { bin, room } = found ?? { bin: count++, room: capacity };
    binOf[piece] = bin;
    if (room > length) open.put(bin, room - length);
  }
  return { binOf, count };
}

/** Bins by the room they have left; finds the least that is enough. */
class RoomIndex {
  readonly #bins: number[][];
  /** Bit r % 32 of word ⌊r / 32⌋: whether a bin has room r. */
  readonly #words: Int32Array;

  constructor(capacity: number) {
    this.#bins = Array.from({ length: capacity + 1 }, () => []);
    this.#words = new Int32Array(Math.ceil((capacity + 1) / 32));
  }

  put(bin: number, room: number): void {
    this.#bins[room]!.push(bin);
    this.#words[room >> 5]! |= 1 << (room & 31);
  }

  /** Takes out a bin with the least room that is at least `length`. */
  take(length: number): { readonly bin: number; readonly room: number } | undefined {
    let index = length >> 5;
    let word = (this.#words[index] ?? 0) & (-1 << (length & 31));
    while (word === 0) {
      if (++index >= this.#words.length) return undefined;
      word = this.#words[index]!;
    }
    const room = index * 32 + 31 - Math.clz32(word & -word); // the lowest bit
    const bins = this.#bins[room]!;
    const bin = bins.pop()!;
    if (bins.length === 0) this.#words[index]! &= ~(1 << (room & 31));
    return { bin, room };
  }
}
