/** Byte arrays from here on are kept as they are until the message is finished, instead of being copied from level to level. */
const LARGE = 4096;

/**
 * The part of the protocol buffers wire format that ONNX models need: varints, fixed 32-bit floats and
 * length-delimited fields.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  readonly #pieces: Uint8Array[] = [];
  #piecesLength = 0;
  /** What comes after the pieces. */
  #bytes = new Uint8Array(256);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#piecesLength + this.#length;
  }

  /** An integer field; negative numbers take ten bytes, as the format has it. */
  integer(field: number, value: number | bigint): void {
    this.#varint(field * 8);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#varint(field * 8 + 5);
    this.#append(new Uint8Array(new Float32Array([value]).buffer));
  }

  string(field: number, value: string): void {
    this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#append(value);
  }

  /** A nested message, written by `write`. */
  message(field: number, write: (writer: ProtobufWriter) => void): void {
    const nested = new ProtobufWriter();
    write(nested);
    nested.#split();
    this.#varint(field * 8 + 2);
    this.#varint(nested.length);
    for (const piece of nested.#pieces) this.#append(piece);
  }

  /** Everything in one array. */
  finish(): Uint8Array {
    this.#split();
    const bytes = new Uint8Array(this.length);
    let offset = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return bytes;
  }

  #varint(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value < 0x80000000) {
      this.#reserve(5);
      let rest = value;
      for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      this.#bytes[this.#length++] = rest;
      return;
    }
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(rest);
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length >= LARGE) {
      this.#split();
      this.#pieces.push(bytes);
      this.#piecesLength += bytes.length;
      return;
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Makes what was written since the last piece one of its own. */
  #split(): void {
    if (this.#length === 0) return;
    this.#pieces.push(this.#bytes.subarray(0, this.#length));
    this.#piecesLength += this.#length;
    this.#bytes = new Uint8Array(256);
    this.#length = 0;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
