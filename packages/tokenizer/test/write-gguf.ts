/** A value for {@link writeGguf} with its type in the file. */
export type TypedValue =
  | { readonly uint32: number }
  | { readonly uint64: bigint }
  | { readonly float32: number }
  | { readonly boolean: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly int32s: readonly number[] }
  | { readonly float32s: readonly number[] }
  | { readonly bytes: Uint8Array };

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

/** Writes small GGUF files for tests. */
export function writeGguf(
  values: Readonly<Record<string, TypedValue>>,
  {
    tensors = [],
    dataSize = 0,
    isLittleEndian = true,
    version = 3,
  }: {
    readonly tensors?: readonly Tensor[];
    readonly dataSize?: number;
    readonly isLittleEndian?: boolean;
    readonly version?: number;
  } = {},
): Uint8Array {
  const bytes: number[] = [...new TextEncoder().encode('GGUF')];
  const number = (size: number, write: (view: DataView) => void): void => {
    const buffer = new Uint8Array(size);
    write(new DataView(buffer.buffer));
    bytes.push(...buffer);
  };
  const uint32 = (value: number) => number(4, (view) => view.setUint32(0, value, isLittleEndian));
  const uint64 = (value: bigint | number) =>
    number(8, (view) => view.setBigUint64(0, BigInt(value), isLittleEndian));
  const float32 = (value: number) => number(4, (view) => view.setFloat32(0, value, isLittleEndian));
  const string = (value: string): void => {
    const encoded = new TextEncoder().encode(value);
    uint64(encoded.length);
    for (const byte of encoded) bytes.push(byte);
  };
  const array = (type: number, length: number): void => {
    uint32(9);
    uint32(type);
    uint64(length);
  };
  uint32(version);
  uint64(tensors.length);
  uint64(Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) {
    string(key);
    if ('uint32' in value) {
      uint32(4);
      uint32(value.uint32);
    } else if ('uint64' in value) {
      uint32(10);
      uint64(value.uint64);
    } else if ('float32' in value) {
      uint32(6);
      float32(value.float32);
    } else if ('boolean' in value) {
      uint32(7);
      bytes.push(Number(value.boolean));
    } else if ('string' in value) {
      uint32(8);
      string(value.string);
    } else if ('strings' in value) {
      array(8, value.strings.length);
      for (const item of value.strings) string(item);
    } else if ('int32s' in value) {
      array(5, value.int32s.length);
      for (const item of value.int32s) uint32(item >>> 0);
    } else if ('float32s' in value) {
      array(6, value.float32s.length);
      for (const item of value.float32s) float32(item);
    } else {
      array(0, value.bytes.length);
      for (const byte of value.bytes) bytes.push(byte);
    }
  }
  for (const { name, shape, type, offset } of tensors) {
    string(name);
    uint32(shape.length);
    for (const length of shape) uint64(length);
    uint32(type);
    uint64(offset);
  }
  while (bytes.length % 32 !== 0) bytes.push(0);
  for (let index = 0; index < dataSize; index++) bytes.push(0);
  return Uint8Array.from(bytes);
}
