/** Code units of the characters at rising byte positions of a text. */
export class BytePlaces {
  readonly #text: string;
  #unit = 0;
  #byte = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The start of the character that has the byte. */
  characterStart(byte: number): number {
    this.#advance(byte);
    return this.#unit;
  }

  /** The end of the character that has the byte before. */
  characterEnd(byte: number): number {
    if (byte === 0) return 0;
    this.#advance(byte - 1);
    return Math.min(this.#text.length, this.#unit + (this.#text.codePointAt(this.#unit)! > 0xffff ? 2 : 1));
  }

  #advance(byte: number): void {
    while (this.#unit < this.#text.length) {
      const codePoint = this.#text.codePointAt(this.#unit)!;
      const after = this.#byte + byteCount(codePoint);
      if (after > byte) return;
      this.#byte = after;
      this.#unit += codePoint > 0xffff ? 2 : 1;
    }
  }
}

/** Bytes of a character in UTF-8. */
export function byteCount(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
