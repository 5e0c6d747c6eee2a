/** Reads the package's compact files front to back; every error names the file and the byte. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #caller: string;
  readonly #source: string;
  #offset = 0;

  /**
   * @param caller the public function that reads, for its errors
   * @param source what the bytes are, for its errors: a file name, if there is one
   */
  constructor(bytes: Uint8Array, caller: string, source: string) {
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(
        `${caller}: bytes must be a Uint8Array, got ${bytes === null ? 'null' : typeof bytes}.`,
      );
    }
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#caller = caller;
    this.#source = source;
  }

  /** Reads four letters and a version number, and refuses others. */
  expectHeader(magic: string, version: number): void {
    const letters = this.#bytes.length < 4 ? '' : String.fromCharCode(...this.#bytes.subarray(0, 4));
    if (letters !== magic) throw this.error(`to begin with "${magic}"`, JSON.stringify(letters));
    this.#offset = 4;
    const found = this.byte();
    if (found !== version) throw this.error(`to be of version ${version}`, String(found));
  }

  byte(): number {
    if (this.#offset >= this.#bytes.length) throw this.error('to go on', 'its end');
    return this.#bytes[this.#offset++]!;
  }

  /** An unsigned integer below 2³², seven bits a byte, the lowest first. */
  integer(): number {
    const bytes = this.#bytes;
    let offset = this.#offset;
    let byte = bytes[offset++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[offset++]!;
      if (shift === 28 && byte > 0x0f) throw this.error('to hold an integer below 2³²', 'a longer one');
      value |= (byte & 0x7f) << shift;
    }
    if (offset > bytes.length) throw this.error('to go on', 'its end');
    this.#offset = offset;
    return value >>> 0;
  }

  /** An {@link integer} that counts things of at least `size` bytes each that are still to come. */
  count(size = 1): number {
    const count = this.integer();
    const room = Math.floor((this.#bytes.length - this.#offset) / size);
    if (count > room) throw this.error(`to hold ${count} entries`, `room for ${room}`);
    return count;
  }

  float64(): number {
    this.#require(8);
    const value = this.#view.getFloat64(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  /** UTF-8 after its length in bytes. */
  string(): string {
    const length = this.count();
    const bytes = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return new TextDecoder().decode(bytes);
  }

  bytes(length: number): Uint8Array {
    this.#require(length);
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  expectEnd(): void {
    const rest = this.#bytes.length - this.#offset;
    if (rest > 0) throw this.error('to end', `${rest} more bytes`);
  }

  error(expectation: string, found: string): RangeError {
    const { length } = this.#bytes;
    return new RangeError(
      `${this.#caller}: ${this.#source} must be whole; expected it ${expectation} at byte ${Math.min(this.#offset, length)} of ${length}, got ${found}.`,
    );
  }

  #require(length: number): void {
    if (this.#offset + length > this.#bytes.length) throw this.error('to go on', 'its end');
  }
}
