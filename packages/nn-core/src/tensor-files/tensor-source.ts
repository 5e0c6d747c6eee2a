import { ShapeError, type TensorData } from '@wordloom/compile';
import { type ByteSource, byteSource, partOf } from './byte-source.ts';
import { convertTensor } from './convert.ts';
import {
  bytesOfTensor,
  type ElementType,
  elementSize,
  type RawTensor,
  tensorOfBytes,
  toRawTensor,
} from './element-type.ts';
import { readView, rowMajorStrides, type StridedView, sliceView, type TensorRanges } from './strided-view.ts';
import { quote } from './unique-json.ts';

/** What is known of a tensor before it is read. */
export interface TensorEntry {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
}

/**
 * Named tensors of which each is read when it is asked for: a file that is open, the shards of one, or arrays in memory.
 */
export interface TensorSource {
  /** What errors call it, such as a path. */
  readonly source: string;
  /** What there is, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Free strings that the file keeps along. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * A tensor, or a part of one, with the types that models compute with, see {@link toTensorData}.
   *
   * @param ranges per axis `[begin, end]`, all of it where undefined or left out: `[[0, 100]]` is the first 100 rows
   * @throws {RangeError} if there is none of that name, a range is outside, or an integer does not fit int32
   */
  read(name: string, ranges?: TensorRanges): Promise<TensorData>;
  /** As {@link read}, with the elements as the file stores them. */
  readRaw(name: string, ranges?: TensorRanges): Promise<RawTensor>;
}

/** Where the elements of a tensor lie. */
export interface StoredView extends StridedView {
  readonly elementType: ElementType;
  /** The bytes in which offset and strides count, whole elements from its begin to its end. */
  readonly storage: ByteSource;
  /** Whether the most significant byte of an element comes first. */
  readonly isBigEndian?: boolean;
}

/** Tensors whose places are known. */
export function viewsAsSource(
  views: ReadonlyMap<string, StoredView>,
  { source, metadata }: Pick<TensorSource, 'source' | 'metadata'>,
): TensorSource {
  return readingSource({ source, metadata, tensors: views }, async (name, ranges) => {
    const { elementType, storage, isBigEndian, ...whole } = views.get(name)!;
    const view = sliceView(whole, ranges);
    const size = elementSize(elementType);
    const bytes = await readView(storage, view, size);
    return tensorOfBytes(elementType, view.shape, isBigEndian ? reversed(bytes, size) : bytes);
  });
}

/** A source from its reading function, which is asked for names that exist and ranges inside. */
export function readingSource(
  { source, metadata, tensors }: Pick<TensorSource, 'source' | 'metadata' | 'tensors'>,
  readRaw: (name: string, ranges: TensorRanges) => Promise<RawTensor>,
): TensorSource {
  const raw = async (name: string, ranges: TensorRanges = []): Promise<RawTensor> => {
    const entry = tensors.get(name);
    if (!entry) {
      throw new RangeError(
        `TensorSource.read: name must be one of the ${tensors.size} of ${source}, got ${quote(name)}.`,
      );
    }
    requireRanges(ranges, entry.shape, name);
    return readRaw(name, ranges);
  };
  return {
    source,
    metadata,
    tensors,
    readRaw: raw,
    read: async (name, ranges) =>
      convertTensor(
        await raw(name, ranges),
        (problem) => new RangeError(`TensorSource.read: ${source}, tensor ${quote(name)}: ${problem}.`),
      ),
  };
}

/** Tensors to write or load: a source, or arrays by name. */
export type Tensors =
  | TensorSource
  | Readonly<Record<string, TensorData | RawTensor>>
  | ReadonlyMap<string, TensorData | RawTensor>;

/**
 * Arrays in memory as a source. They are not copied, so that what is read are views of them.
 *
 * @returns a source as it is
 * @throws {ShapeError} if an array does not fit its tensor's shape or type
 */
export function tensorSource(tensors: Tensors): TensorSource {
  if (isTensorSource(tensors)) return tensors;
  const views = new Map<string, StoredView>();
  for (const [name, tensor] of tensors instanceof Map ? tensors : Object.entries(tensors)) {
    const raw = toRawTensor(tensor, `tensorSource: tensors['${name}']`);
    const { elementType, shape } = raw;
    const storage = byteSource(bytesOfTensor(raw), name);
    views.set(name, { elementType, shape, strides: rowMajorStrides(shape), offset: 0, storage });
  }
  return viewsAsSource(views, { source: 'memory', metadata: {} });
}

function isTensorSource(tensors: Tensors): tensors is TensorSource {
  return 'readRaw' in tensors && typeof tensors.readRaw === 'function';
}

/** The view of a tensor whose elements follow each other in a file. */
export function fileView(
  bytes: ByteSource,
  { elementType, shape, begin, end }: TensorEntry & { readonly begin: number; readonly end: number },
): StoredView {
  return {
    elementType,
    shape,
    strides: rowMajorStrides(shape),
    offset: 0,
    storage: partOf(bytes, begin, end),
  };
}

function requireRanges(ranges: TensorRanges, shape: readonly number[], name: string): void {
  if (ranges.length > shape.length) {
    throw new ShapeError(
      `TensorSource.read: ranges must be at most one for each axis of ${quote(name)} [${shape}], got ${ranges.length}.`,
    );
  }
  for (const [axis, range] of ranges.entries()) {
    if (!range) continue;
    const [begin, end] = range;
    const length = shape[axis]!;
    if (!(Number.isInteger(begin) && Number.isInteger(end) && 0 <= begin && begin <= end && end <= length)) {
      throw new RangeError(
        `TensorSource.read: ranges[${axis}] must be integers from 0 to ${length} for ${quote(name)}, got ${quote(range)}.`,
      );
    }
  }
}

function reversed(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    swapped[index] = bytes[index - (index % size) + size - 1 - (index % size)]!;
  }
  return swapped;
}
