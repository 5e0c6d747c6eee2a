import { opcodeName } from './pickle-opcodes.ts';

/** Makes the error of a problem at the byte that is being read. */
export type Refuse = (problem: string) => RangeError;

/** Makes the error of a problem at a byte. */
export type RefuseAt = (byte: number, problem: string) => RangeError;

/** Integers of more bytes are none that a checkpoint needs. */
const MAX_INTEGER_BYTES = 255;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The operands of instructions, none of which reaches beyond the pickle. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;
  #instruction = 0;
  /** Makes an error that names the byte of the instruction. */
  readonly refuse: Refuse;

  constructor(bytes: Uint8Array, refuseAt: RefuseAt) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.refuse = (problem) => refuseAt(this.#instruction, problem);
  }

  /** The next instruction. */
  opcode(): number {
    this.#instruction = this.#position;
    return this.byte();
  }

  /** The instruction that is being read, as errors call it. */
  name(): string {
    return opcodeName(this.#bytes[this.#instruction]);
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** The one number that is big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** Two's complement, little-endian; a number where it is exact. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) {
      throw this.refuse(`an integer must have at most ${MAX_INTEGER_BYTES} bytes, got ${length}`);
    }
    let value = 0n;
    for (const byte of this.data(length).slice().reverse()) value = (value << 8n) | BigInt(byte);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** A view of the next bytes. */
  data(length: number): Uint8Array {
    const begin = this.#take(length);
    return this.#bytes.subarray(begin, begin + length);
  }

  text(length: number): string {
    const bytes = this.data(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw this.refuse('a string must be UTF-8');
    }
  }

  /** Up to the end of the line, which is passed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw this.refuse(`${this.name()} must have a line of text, the pickle ends before it does`);
    const text = this.text(end - this.#position);
    this.#position++;
    return text;
  }

  /** @returns where the next `count` bytes begin, and passes them */
  #take(count: number): number {
    const begin = this.#position;
    const rest = this.#bytes.length - begin;
    if (count > rest)
      throw this.refuse(`${this.name()} must have ${count} more bytes, the pickle has ${rest}`);
    this.#position += count;
    return begin;
  }
}
