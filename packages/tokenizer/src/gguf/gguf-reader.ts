/** Numbers of an array, in the type that the file has them in. */
export type GgufNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/** Makes numbers of bytes. */
export type GgufNumberKind = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): GgufNumbers;
};

/** Thrown where the bytes at hand end before the header, but the file goes on. */
export class NeedsBytes extends Error {}

/** Reads the parts that a GGUF header is made of, one after the other. No length in the file makes it take memory that the file does not have. */
export class GgufReader {
  position = 0;
  isLittleEndian = true;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;
  readonly #place: string;

  /** @param size bytes of the file; `bytes` may be its beginning */
  constructor(bytes: Uint8Array, size: number, place: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#size = size;
    this.#place = place;
  }

  /** A view of the next bytes. */
  take(length: number, what: string): Uint8Array {
    const start = this.position;
    if (length > this.#size - start) {
      throw new RangeError(
        `${this.#place}: the file ends at byte ${this.#size}, in ${what}, which begins at byte ${start} and has ${length} bytes. It is cut off or damaged.`,
      );
    }
    if (length > this.#bytes.length - start) throw new NeedsBytes();
    this.position = start + length;
    return this.#bytes.subarray(start, this.position);
  }

  uint32(what: string): number {
    const start = this.position;
    this.take(4, what);
    return this.#view.getUint32(start, this.isLittleEndian);
  }

  /** An integer of 64 bits that a number holds. */
  uint64(what: string): number {
    const start = this.position;
    this.take(8, what);
    const value = this.#view.getBigUint64(start, this.isLittleEndian);
    if (value > Number.MAX_SAFE_INTEGER) throw this.misplaced(start, `have ${what} below 2^53`, `${value}`);
    return Number(value);
  }

  /** How many things of at least `width` bytes follow; checked against the size of the file. */
  count(what: string, width: number): number {
    const start = this.position;
    const count = this.uint64(what);
    const left = this.#size - this.position;
    if (count * width > left) {
      throw this.misplaced(start, `have room for ${what} in the ${left} bytes that are left`, count);
    }
    return count;
  }

  string(what: string): string {
    const length = this.count(`the length of ${what}`, 1);
    const start = this.position;
    const bytes = this.take(length, what);
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.misplaced(start, `have UTF-8 as ${what}`, 'other bytes');
    }
  }

  numbers(Kind: GgufNumberKind, count: number, what: string): GgufNumbers {
    const width = Kind.BYTES_PER_ELEMENT;
    const copy = new Uint8Array(this.take(count * width, what)); // a copy, also of a Buffer
    if (!this.isLittleEndian && width > 1) {
      for (let start = 0; start < copy.length; start += width) copy.subarray(start, start + width).reverse();
    }
    return new Kind(copy.buffer);
  }

  misplaced(offset: number, expectation: string, got: string | number): RangeError {
    return new RangeError(`${this.#place} must ${expectation}, got ${got} at byte ${offset}.`);
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
