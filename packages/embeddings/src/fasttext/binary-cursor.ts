/** Little-endian numbers and texts of some bytes, one after the other. */
export class BinaryCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #refuse: (byte: number, problem: string) => Error;
  readonly #keepsBytes: boolean;
  #offset = 0;

  /**
   * @param refuse     makes the errors thrown where bytes are missing
   * @param keepsBytes whether bytes that were read may be overwritten, and numbers be views of the rest
   */
  constructor(bytes: Uint8Array, refuse: (byte: number, problem: string) => Error, keepsBytes = false) {
    this.#keepsBytes = keepsBytes;
    // Not a Buffer of Node's, whose slices are no copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#refuse = refuse;
  }

  /** Bytes that were read. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** An error about what was read last, or about the byte given. */
  refuse(problem: string, byte: number = this.#offset): Error {
    return this.#refuse(byte, problem);
  }

  int32(what: string): number {
    return this.#view.getInt32(this.#take(4, what), true);
  }

  /** An integer of 64 bits; must be within ±2 ** 53. */
  int64(what: string): number {
    const at = this.#take(8, what);
    const value = this.#view.getUint32(at, true) + this.#view.getInt32(at + 4, true) * 2 ** 32;
    if (Number.isSafeInteger(value)) return value;
    throw this.refuse(`${what} must be below 2 ** 53, got ${value}`, at);
  }

  float64(what: string): number {
    return this.#view.getFloat64(this.#take(8, what), true);
  }

  boolean(what: string): boolean {
    const at = this.#take(1, what);
    const value = this.#bytes[at]!;
    if (value > 1) throw this.refuse(`${what} must be 0 or 1, got ${value}`, at);
    return value === 1;
  }

  byte(what: string): number {
    return this.#bytes[this.#take(1, what)]!;
  }

  /** A copy. */
  bytes(length: number, what: string): Uint8Array {
    const at = this.#take(length, what);
    return this.#bytes.slice(at, at + length);
  }

  /** Wherever in memory the numbers lie. */
  float32s(length: number, what: string): Float32Array {
    const at = this.#take(4 * length, what);
    if (this.#keepsBytes && isLittleEndian) {
      const { buffer, byteOffset } = this.#bytes;
      const aligned = Math.floor((byteOffset + at) / 4) * 4;
      // To the place before that numbers may have: up to three bytes of what was read already are overwritten.
      if (aligned >= byteOffset) {
        if (aligned < byteOffset + at) this.#bytes.copyWithin(aligned - byteOffset, at, at + 4 * length);
        return new Float32Array(buffer, aligned, length);
      }
    }
    const copy = this.#bytes.slice(at, at + 4 * length);
    if (isLittleEndian) return new Float32Array(copy.buffer, copy.byteOffset, length);
    const view = new DataView(copy.buffer);
    return Float32Array.from({ length }, (_, index) => view.getFloat32(4 * index, true));
  }

  /** Where the bytes up to a zero begin and end; passes them and the zero. */
  terminated(what: string): { readonly begin: number; readonly end: number } {
    const begin = this.#offset;
    const end = this.#bytes.indexOf(0, begin);
    if (end < 0) throw this.refuse(`${what} must end in a zero byte, the file ends before`, begin);
    this.#offset = end + 1;
    return { begin, end };
  }

  #take(length: number, what: string): number {
    const at = this.#offset;
    if (length > this.remaining) {
      throw this.refuse(`${what} must be ${length} bytes, the file ends after ${this.remaining}`, at);
    }
    this.#offset = at + length;
    return at;
  }
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
