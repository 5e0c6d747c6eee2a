import { Charsmap } from '../normalizers/charsmap.ts';
import type { SentencePieceFile } from './sentence-piece-file.ts';

/** What stands for a space in pieces. */
export const SPACE_MARK = '▁';

const SPACE = 0x20;
const MARK = new TextEncoder().encode(SPACE_MARK);

/** What {@link TextNormalizer} needs of a file. */
export type NormalizerSettings = Pick<
  SentencePieceFile,
  'characterMap' | 'addDummyPrefix' | 'removeExtraSpaces' | 'escapeSpaces' | 'spaceAsSuffix'
>;

/** Rewrites a text as SentencePiece does before it looks for pieces. */
export class TextNormalizer {
  readonly #settings: NormalizerSettings;
  readonly #map: Charsmap | undefined;
  /** UTF-8 bytes of user-defined pieces, by their first byte, the longest first: they stay as they are. */
  readonly #literals: ReadonlyMap<number, readonly Uint8Array[]>;

  constructor(settings: NormalizerSettings, literals: readonly string[], source: string) {
    this.#settings = settings;
    this.#map = settings.characterMap.length > 0 ? readCharsmap(settings.characterMap, source) : undefined;
    const encoder = new TextEncoder();
    const encoded = literals.map((literal) => encoder.encode(literal)).filter(({ length }) => length > 0);
    encoded.sort((a, b) => b.length - a.length);
    const byFirst = new Map<number, Uint8Array[]>();
    for (const bytes of encoded) byFirst.set(bytes[0]!, [...(byFirst.get(bytes[0]!) ?? []), bytes]);
    this.#literals = byFirst;
  }

  /** @param text without lone surrogates */
  normalize(text: string): string {
    const { addDummyPrefix, removeExtraSpaces, spaceAsSuffix } = this.#settings;
    const input = new TextEncoder().encode(text);
    const output = new Bytes(2 * input.length + 8);
    let place = 0;
    if (removeExtraSpaces) {
      while (place < input.length) {
        const part = this.#part(input, place);
        if (!(part.bytes.length === 1 && part.bytes[0] === SPACE)) break;
        place += part.length;
      }
    }
    if (place >= input.length) return '';
    if (addDummyPrefix && !spaceAsSuffix) this.#space(output);
    let afterSpace = removeExtraSpaces;
    while (place < input.length) {
      const { bytes, length } = this.#part(input, place);
      let first = 0;
      while (afterSpace && first < bytes.length && bytes[first] === SPACE) first++;
      for (let index = first; index < bytes.length; index++) {
        if (bytes[index] === SPACE) this.#space(output);
        else output.push(bytes[index]!);
      }
      if (first < bytes.length) afterSpace = bytes.at(-1) === SPACE;
      if (!removeExtraSpaces) afterSpace = false;
      place += length;
    }
    const space = this.#settings.escapeSpaces ? MARK : Uint8Array.of(SPACE);
    if (removeExtraSpaces) while (output.endsWith(space)) output.length -= space.length;
    if (addDummyPrefix && spaceAsSuffix) this.#space(output);
    return output.toString();
  }

  #space(output: Bytes): void {
    if (!this.#settings.escapeSpaces) output.push(SPACE);
    else for (const byte of MARK) output.push(byte);
  }

  /** What the next stretch of the text becomes: a user-defined piece, the result of a rule, or one character. */
  #part(input: Uint8Array, place: number): { readonly bytes: Uint8Array; readonly length: number } {
    const literal = this.#literals
      .get(input[place]!)
      ?.find((bytes) => bytes.every((byte, index) => byte === input[place + index]));
    if (literal) return { bytes: literal, length: literal.length };
    const replacement = this.#map?.longest(input, place);
    if (replacement) return replacement;
    const length = utf8Length(input[place]!);
    return { bytes: input.subarray(place, place + length), length };
  }
}

function readCharsmap(bytes: Uint8Array, source: string): Charsmap {
  try {
    return Charsmap.fromBytes(bytes);
  } catch (error) {
    throw new RangeError(`${source}: the character map must be ${(error as Error).message}.`);
  }
}

/** Bytes of the character that begins with a byte. */
function utf8Length(byte: number): number {
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** Bytes appended one after the other. */
class Bytes {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  push(byte: number): void {
    if (this.length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.length++] = byte;
  }

  endsWith(bytes: Uint8Array): boolean {
    const start = this.length - bytes.length;
    return start >= 0 && bytes.every((byte, index) => byte === this.#bytes[start + index]);
  }

  toString(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#bytes.subarray(0, this.length));
  }
}
