/** Writes protobuf messages. */
export class ProtobufWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** @param value an integer of at least 0 */
  integer(number: number, value: number): void {
    this.#varint(number * 8);
    this.#varint(value);
  }

  /** −1, which protobuf writes in ten bytes. */
  minusOne(number: number): void {
    this.#varint(number * 8);
    this.#append(new Uint8Array(10).fill(0xff).with(9, 1));
  }

  float(number: number, value: number): void {
    this.#varint(number * 8 + 5);
    this.#append(new Uint8Array(new Float32Array([value]).buffer)); // little-endian, as all machines with JavaScript are
  }

  bytes(number: number, value: Uint8Array): void {
    this.#varint(number * 8 + 2);
    this.#varint(value.length);
    this.#append(value);
  }

  string(number: number, value: string): void {
    this.bytes(number, new TextEncoder().encode(value));
  }

  message(number: number, write: (writer: ProtobufWriter) => void): void {
    const writer = new ProtobufWriter();
    write(writer);
    this.bytes(number, writer.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#append(Uint8Array.of((rest % 0x80) | 0x80));
      rest = Math.floor(rest / 0x80);
    }
    this.#append(Uint8Array.of(rest));
  }

  #append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}
