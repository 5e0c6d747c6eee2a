/**
 * The part of the protocol buffers wire format that event files need. As in proto3, what is 0 or empty is left out,
 * except where a field says which of several it is.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class MessageWriter {
  readonly #bytes: number[] = [];

  /** A non-negative integer below 2⁵³. */
  integer(field: number, value: number): this {
    if (value === 0) return this;
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    if (value === 0) return this;
    this.#varint(field * 8 + 1);
    this.#append(new Uint8Array(new Float64Array([value]).buffer));
    return this;
  }

  doubles(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, new Uint8Array(new Float64Array(values).buffer));
  }

  /** Written also where it is 0. */
  chosenFloat(field: number, value: number): this {
    this.#varint(field * 8 + 5);
    this.#append(new Uint8Array(new Float32Array([value]).buffer));
    return this;
  }

  /** Written also where it is empty, like all that is inside others. */
  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    this.#append(value);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes.push(rest);
  }

  #append(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }
}
