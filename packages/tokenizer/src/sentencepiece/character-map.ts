/** What a stretch of text becomes. */
export interface Replacement {
  /** Bytes of the text that it stands for. */
  readonly length: number;
  /** Its UTF-8 bytes. */
  readonly bytes: Uint8Array;
}

/**
 * SentencePiece's compiled rewriting rules: a double-array trie over UTF-8 bytes, whose values are places in a list of texts that end in NUL.
 *
 * @see Yata, "Darts-clone" (the array's units); Aoe 1989, "An efficient digital search algorithm by using a double-array structure"
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;

  /**
   * @param blob   as the file has it: four bytes for the trie's length, the trie, the texts
   * @throws {RangeError} if the length does not fit the blob
   */
  constructor(blob: Uint8Array, source: string) {
    const length = blob.length >= 4 ? new DataView(blob.buffer, blob.byteOffset).getUint32(0, true) : -1;
    if (length < 0 || length > blob.length - 4 || length % 4 !== 0) {
      throw new RangeError(
        `${source}: the character map must begin with the length of its trie, got ${length} in ${blob.length} bytes.`,
      );
    }
    const trie = new Uint8Array(blob.subarray(4, 4 + length)); // copied: to begin at a multiple of four bytes
    this.#units = new Uint32Array(trie.buffer, 0, length / 4);
    this.#texts = blob.subarray(4 + length);
  }

  /** The longest rule that applies at a place; undefined if none does. */
  longest(text: Uint8Array, start: number): Replacement | undefined {
    const units = this.#units;
    let place = offset(units[0] ?? 0);
    let found: { length: number; value: number } | undefined;
    for (let index = start; index < text.length; index++) {
      const byte = text[index]!;
      place ^= byte;
      const unit = units[place];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) break;
      place ^= offset(unit);
      if ((unit >>> 8) & 1) found = { length: index + 1 - start, value: (units[place] ?? 0) & 0x7fffffff };
    }
    if (!found) return undefined;
    const end = this.#texts.indexOf(0, found.value);
    return {
      length: found.length,
      bytes: this.#texts.subarray(found.value, end < 0 ? this.#texts.length : end),
    };
  }
}

/** How far a unit's children are, to be combined with the place by exclusive or. */
function offset(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}
