/** A field of a protobuf message: its number, and its value as its wire type has it. */
export type ProtobufField =
  | { readonly number: number; readonly kind: 'integer'; readonly value: number }
  | { readonly number: number; readonly kind: 'fixed'; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array };

/**
 * The fields of a protobuf message, in order. Byte strings are views into `bytes`: nothing is copied, and no length in the file can make memory be taken.
 *
 * @param place names the bytes in errors, such as a path
 * @throws {RangeError} at the byte where the message is cut off or is none
 * @see https://protobuf.dev/programming-guides/encoding
 */
export function* readFields(bytes: Uint8Array, place: string): Generator<ProtobufField, void, void> {
  let position = 0;
  const fail = (what: string): RangeError =>
    new RangeError(
      `${place}: ${what} at byte ${bytes.byteOffset + position}. The file is damaged or of another format.`,
    );
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[position];
      if (byte === undefined) throw fail('a number is cut off');
      position++;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw fail('a number has more than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - position)
      throw fail(`${length} bytes are announced, and ${bytes.length - position} left`);
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 2 ** 29) throw fail(`field ${number} cannot be`);
    const wireType = tag % 8;
    if (wireType === 0) yield { number, kind: 'integer', value: varint() };
    else if (wireType === 2) yield { number, kind: 'bytes', value: take(varint()) };
    else if (wireType === 1 || wireType === 5)
      yield { number, kind: 'fixed', value: take(wireType === 1 ? 8 : 4) };
    else throw fail(`wire type ${wireType} is unknown`);
  }
}
