/** What a stretch of text becomes. */
export interface Replacement {
  /** Bytes of the text that it stands for. */
  readonly length: number;
  /** Its UTF-8 bytes. */
  readonly bytes: Uint8Array;
}

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

  /** The replacement of the shortest beginning of a text that has one, as Hugging Face takes it. */
  replacementOf(text: string): string | undefined {
    const found = this.#find(encoder.encode(text), 0, false);
    return found && decoder.decode(found.bytes);
  }

  /** The longest rule that applies at a place of a text, as SentencePiece takes it; undefined if none does. */
  longest(text: Uint8Array, start: number): Replacement | undefined {
    return this.#find(text, start, true);
  }

  /** Whether there is a rule for a text that begins so. */
  hasRuleFrom(beginning: string): boolean {
    const units = this.#units;
    let node = offsetOf(units[0]!);
    for (const byte of encoder.encode(beginning)) {
      node = (node ^ byte) >>> 0;
      const unit = units[node];
      if (byte === 0 || unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return false;
      node = (node ^ offsetOf(unit)) >>> 0;
    }
    return true;
  }

  #find(text: Uint8Array, start: number, isLongest: boolean): Replacement | undefined {
    const units = this.#units;
    let node = offsetOf(units[0]!);
    let length = 0;
    let value: number | undefined;
    for (let index = start; index < text.length; index++) {
      const byte = text[index]!;
      if (byte === 0) break;
      node = (node ^ byte) >>> 0;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) break;
      node = (node ^ offsetOf(unit)) >>> 0;
      if (!((unit >>> 8) & 1) || units[node] === undefined) continue;
      value = units[node]! & 0x7fffffff;
      length = index + 1 - start;
      if (!isLongest) break;
    }
    if (value === undefined) return undefined;
    const end = this.#replacements.indexOf(0, value);
    const bytes = this.#replacements.subarray(value, end < 0 ? this.#replacements.length : end);
    return { length, bytes };
  }
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
