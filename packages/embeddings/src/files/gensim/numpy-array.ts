import type { RefuseAt } from '../byte-reader.ts';
import { PickleInstance, type PickleValue } from './pickle.ts';

/** A matrix of NumPy's, read as float32 in C order. */
export interface NumpyMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly table: Float32Array<ArrayBuffer>;
}

/**
 * The matrix in a `.npy` file.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes: Uint8Array, refuse: RefuseAt): NumpyMatrix {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (!magic.every((byte, at) => bytes[at] === byte)) throw refuse(0, 'the file must begin as .npy files do');
  const version = bytes[6]!;
  const prefix = version >= 2 ? 12 : 10;
  if (bytes.length < prefix) throw refuse(bytes.length, 'the header must be there, the file ends here');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = version >= 2 ? view.getUint32(8, true) : view.getUint16(8, true);
  if (prefix + length > bytes.length)
    throw refuse(bytes.length, 'the header must be whole, the file ends here');
  const header = new TextDecoder('latin1').decode(bytes.subarray(prefix, prefix + length));
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (type === undefined || order === undefined || shape === undefined) {
    throw refuse(prefix, 'the header must have descr, fortran_order and shape');
  }
  const lengths = shape.split(',').flatMap((part) => (part.trim() === '' ? [] : Number.parseInt(part, 10)));
  const start = prefix + length;
  return readMatrix(bytes.subarray(start), type, lengths, order === 'True', (at, problem) =>
    refuse(start + at, problem),
  );
}

/** The matrix that a pickled array is; undefined if the value is none. */
export function matrixOfPickle(value: PickleValue | undefined, refuse: RefuseAt): NumpyMatrix | undefined {
  if (!(value instanceof PickleInstance)) return undefined;
  if (/\bmultiarray\._reconstruct$/.test(value.name) && Array.isArray(value.state)) {
    const [, shape, type, isFortran, data] = value.state;
    return ofParts(shape, type, isFortran === true, data, refuse);
  }
  if (/\bnumeric\._frombuffer$/.test(value.name)) {
    const [data, type, shape, order] = value.args;
    return ofParts(shape, type, order === 'F', data, refuse);
  }
  return undefined;
}

function ofParts(
  shape: PickleValue | undefined,
  type: PickleValue | undefined,
  isFortran: boolean,
  data: PickleValue | undefined,
  refuse: RefuseAt,
): NumpyMatrix | undefined {
  const bytes = bytesOf(data);
  if (!Array.isArray(shape) || !(type instanceof PickleInstance) || !bytes) return undefined;
  const order = Array.isArray(type.state) ? type.state[1] : '<';
  return readMatrix(
    bytes,
    `${order === '>' ? '>' : '<'}${type.args[0]}`,
    shape.map(Number),
    isFortran,
    refuse,
  );
}

/** Bytes, or a string of as many letters, which protocol 2 has for them. */
function bytesOf(data: PickleValue | undefined): Uint8Array | undefined {
  if (data instanceof Uint8Array) return data;
  const latin = data instanceof PickleInstance && data.name === '_codecs.encode' ? data.args[0] : data;
  return typeof latin === 'string' ? Uint8Array.from(latin, (letter) => letter.charCodeAt(0)) : undefined;
}

function readMatrix(
  bytes: Uint8Array,
  type: string,
  shape: readonly number[],
  isFortran: boolean,
  refuse: RefuseAt,
): NumpyMatrix {
  const kind = /^([<>|=]?)(f4|f8)$/.exec(type);
  if (!kind) throw refuse(0, `vectors must be of float32 or float64, got ${JSON.stringify(type)}`);
  if (shape.length !== 2 || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw refuse(0, `vectors must be a matrix, got the shape (${shape.join(', ')})`);
  }
  const [rows, columns] = shape as [number, number];
  const width = kind[2] === 'f4' ? 4 : 8;
  if (bytes.length < rows * columns * width) {
    throw refuse(
      bytes.length,
      `${rows} × ${columns} numbers must take ${rows * columns * width} bytes, there are fewer`,
    );
  }
  const little = kind[1] !== '>';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const table = new Float32Array(rows * columns);
  for (let at = 0; at < table.length; at++) {
    const value = width === 4 ? view.getFloat32(4 * at, little) : view.getFloat64(8 * at, little);
    const place = isFortran ? (at % rows) * columns + Math.floor(at / rows) : at;
    table[place] = value;
    if (!Number.isFinite(table[place]!)) throw refuse(at * width, `numbers must be finite, got ${value}`);
  }
  return { rows, columns, table };
}
