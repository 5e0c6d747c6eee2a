/** How a field is stored. */
export type WireType = 'varint' | 'fixed64' | 'bytes' | 'fixed32';

const WIRE_TYPES: readonly (WireType | undefined)[] = [
  'varint',
  'fixed64',
  'bytes',
  undefined,
  undefined,
  'fixed32',
];

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Makes a refusal that says at which byte of which file what was expected. */
export type RefuseAt = (byte: number, problem: string) => RangeError;

/**
 * Reads protocol buffers message by message. Nothing is copied, and no length is believed that goes beyond the message it stands in.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  readonly #refuse: RefuseAt;
  #position: number;
  #fieldStart: number;
  #wireType: WireType = 'varint';

  /** @param start where the message begins, @param end and where it ends, in `bytes` */
  constructor(bytes: Uint8Array, refuse: RefuseAt, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#refuse = refuse;
    this.#start = start;
    this.#position = start;
    this.#fieldStart = start;
    this.#end = end;
  }

  /**
   * Reads the whole message, however often: calls the function of each field's number, which must use one of the methods that read it. Fields
   * without a function are passed over.
   */
  read(fields: Readonly<Record<number, () => void>>): void {
    this.#position = this.#start;
    for (let field = this.#next(); field !== 0; field = this.#next()) {
      const take = fields[field];
      if (take) take();
      else this.skip();
    }
  }

  /** Goes to the next field. @returns its number; 0 at the end of the message */
  #next(): number {
    if (this.#position === this.#end) return 0;
    this.#fieldStart = this.#position;
    const tag = Number(this.#varint());
    const wireType = WIRE_TYPES[tag & 7];
    const field = Math.floor(tag / 8);
    if (field < 1 || field > 0x1fffffff || wireType === undefined) {
      throw this.refuse(
        `a field must have a number from 1 to 2^29 - 1 and a wire type of 0, 1, 2 or 5, got ${tag}`,
      );
    }
    this.#wireType = wireType;
    return field;
  }

  /** A refusal of the field at hand. */
  refuse(problem: string): RangeError {
    return this.#refuse(this.#fieldStart, problem);
  }

  /** A signed integer of at most 64 bits. */
  integer(): bigint {
    this.#require('varint');
    return BigInt.asIntN(64, this.#varint());
  }

  /** A signed integer that a number can hold. */
  number(): number {
    const value = this.integer();
    if (value < Number.MIN_SAFE_INTEGER || value > Number.MAX_SAFE_INTEGER)
      throw this.refuse(`an integer must be less than 2^53, got ${value}`);
    return Number(value);
  }

  /** The bytes of the field, a view. */
  bytes(): Uint8Array {
    const [start, end] = this.#range();
    return this.#bytes.subarray(start, end);
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return UTF8.decode(bytes);
    } catch {
      throw this.refuse('a text must be UTF-8');
    }
  }

  /** The message in the field. */
  message(): ProtobufReader {
    const [start, end] = this.#range();
    return new ProtobufReader(this.#bytes, this.#refuse, start, end);
  }

  /** Integers: one, or, packed, several. */
  integers(take: (value: bigint) => void): void {
    if (this.#wireType === 'varint') {
      take(this.integer());
      return;
    }
    const [start, end] = this.#range();
    const packed = new ProtobufReader(this.#bytes, this.#refuse, start, end);
    while (packed.#position < end) {
      packed.#fieldStart = packed.#position;
      take(BigInt.asIntN(64, packed.#varint()));
    }
  }

  /** How many integers the field holds. */
  countIntegers(): number {
    if (this.#wireType === 'varint') {
      this.skip();
      return 1;
    }
    return this.bytes().reduce((count, byte) => count + Number(byte < 0x80), 0); // last bytes
  }

  /** Little-endian numbers of 4 or 8 bytes: one, or, packed, several. @returns their bytes, a view */
  fixed(size: 4 | 8): Uint8Array {
    if (this.#wireType === (size === 4 ? 'fixed32' : 'fixed64')) {
      const start = this.#advance(size);
      return this.#bytes.subarray(start, start + size);
    }
    const bytes = this.bytes();
    if (bytes.length % size !== 0)
      throw this.refuse(`packed numbers must take a multiple of ${size} bytes, got ${bytes.length}`);
    return bytes;
  }

  /** Passes over the field. */
  skip(): void {
    if (this.#wireType === 'varint') this.#varint();
    else if (this.#wireType === 'bytes') this.#range();
    else this.#advance(this.#wireType === 'fixed32' ? 4 : 8);
  }

  #range(): [start: number, end: number] {
    this.#require('bytes');
    const length = Number(this.#varint());
    const start = this.#position;
    if (length > this.#end - start) {
      throw this.refuse(
        `a field of ${length} bytes must end before byte ${this.#end}, where its message or the file ends`,
      );
    }
    this.#position = start + length;
    return [start, start + length];
  }

  #require(wireType: WireType): void {
    if (this.#wireType !== wireType)
      throw this.refuse(`the field must be stored as ${wireType}, got ${this.#wireType}`);
  }

  #advance(count: number): number {
    const start = this.#position;
    if (count > this.#end - start)
      throw this.refuse(`a number of ${count} bytes must end before byte ${this.#end}`);
    this.#position += count;
    return start;
  }

  /** An unsigned integer of at most 64 bits. */
  #varint(): bigint {
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      small |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(small);
    }
    let value = BigInt(small);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw this.refuse('an integer must have at most 10 bytes');
  }

  #byte(): number {
    if (this.#position >= this.#end) throw this.refuse(`an integer must end before byte ${this.#end}`);
    return this.#bytes[this.#position++]!;
  }
}
