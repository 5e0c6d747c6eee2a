/**
 * SentencePiece's compiled normalization rules: a double-array trie over UTF-8 bytes, and the replacements, each ended by a zero
 * byte.
 *
 * @see SentencePiece, normalizer.cc; darts-clone
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;

  private constructor(units: Uint32Array, replacements: Uint8Array) {
    this.#units = units;
    this.#replacements = replacements;
  }

  /** @throws {RangeError} if the text is no charsmap in base 64 */
  static fromBase64(base64: string): Charsmap {
    let binary: string;
    try {
      binary = atob(base64);
    } catch {
      throw new RangeError('base 64');
    }
    return Charsmap.fromBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  }

  /** @throws {RangeError} if the bytes are too few */
  static fromBytes(bytes: Uint8Array): Charsmap {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = bytes.length < 4 ? -1 : view.getUint32(0, true);
    if (size < 4 || size + 4 > bytes.length) {
      throw new RangeError('a charsmap: the size of a trie, the trie, and the replacements');
    }
    const units = new Uint32Array(size >> 2);
    for (let index = 0; index < units.length; index++) units[index] = view.getUint32(4 + index * 4, true);
    return new Charsmap(units, bytes.slice(4 + (size & ~3)));
  }

  /** The replacement of the shortest beginning of a text that has one, as the reference takes it. */
  replacementOf(text: string): string | undefined {
    const units = this.#units;
    let node = offsetOf(units[0]!);
    for (const byte of encoder.encode(text)) {
      if (byte === 0) return undefined;
      node = (node ^ byte) >>> 0;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
      node = (node ^ offsetOf(unit)) >>> 0;
      if ((unit >>> 8) & 1) {
        const value = units[node];
        return value === undefined ? undefined : this.#replacementAt(value & 0x7fffffff);
      }
    }
    return undefined;
  }

  #replacementAt(start: number): string {
    if (start >= this.#replacements.length) return '';
    let end = this.#replacements.indexOf(0, start);
    if (end < 0) end = this.#replacements.length;
    return decoder.decode(this.#replacements.subarray(start, end));
  }
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
