import type { ByteSource } from './byte-source.ts';

/** Which elements of a storage are a tensor's. Counts are in elements. */
export interface StridedView {
  readonly shape: readonly number[];
  /** How far neighbors of each axis lie apart, 0 or more. */
  readonly strides: readonly number[];
  /** Where the first element lies. */
  readonly offset: number;
}

/** Per axis, from the first on, the indices from `begin` to below `end`; all of an axis where undefined or left out. */
export type TensorRanges = readonly (readonly [begin: number, end: number] | undefined)[];

/** The strides of a tensor whose elements follow each other. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** A part of a tensor. */
export function sliceView({ shape, strides, offset }: StridedView, ranges: TensorRanges): StridedView {
  return {
    shape: shape.map((length, axis) => {
      const [begin, end] = ranges[axis] ?? [0, length];
      return end - begin;
    }),
    strides,
    offset: ranges.reduce((sum, range, axis) => sum + (range?.[0] ?? 0) * strides[axis]!, offset),
  };
}

/** How many elements a storage must hold for a view. */
export function viewEnd({ shape, strides, offset }: StridedView): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((end, length, axis) => end + (length - 1) * strides[axis]!, offset + 1);
}

/** Bytes that are read at once where a view leaves gaps. */
const BLOCK_BYTES = 2 ** 22;

/** An axis, with its strides in the storage and in the result. */
interface Axis {
  readonly length: number;
  readonly stride: number;
  readonly target: number;
}

/**
 * Reads the elements of a view, in row-major order.
 *
 * @param size       bytes of an element
 * @param blockBytes bytes that are read at once where the view leaves gaps
 * @returns what the storage gave where the elements follow each other there, else a copy
 */
export async function readView(
  storage: ByteSource,
  view: StridedView,
  size: number,
  blockBytes: number = BLOCK_BYTES,
): Promise<Uint8Array> {
  const count = view.shape.reduce((product, length) => product * length, 1);
  if (count === 0) return new Uint8Array(0);
  const axes = axesOf(view);
  if (isRun(axes)) return storage.read(view.offset * size, (view.offset + count) * size);
  const result = new Uint8Array(count * size);
  await gather({ storage, size, result, blockBytes }, axes, view.offset, 0);
  return result;
}

interface Gathering {
  readonly storage: ByteSource;
  readonly size: number;
  readonly result: Uint8Array;
  readonly blockBytes: number;
}

/** Widest strides first; neighbors that continue each other in both places as one, axes of one element left out. */
function axesOf({ shape, strides }: StridedView): Axis[] {
  const targets = rowMajorStrides(shape);
  const axes = shape
    .map((length, axis): Axis => ({ length, stride: strides[axis]!, target: targets[axis]! }))
    .filter(({ length }) => length > 1)
    .sort((a, b) => b.stride - a.stride || b.target - a.target);
  const merged: Axis[] = [];
  for (const axis of axes) {
    const outer = merged.at(-1);
    const continues =
      outer?.stride === axis.stride * axis.length && outer.target === axis.target * axis.length;
    if (outer && continues) merged.splice(-1, 1, { ...axis, length: outer.length * axis.length });
    else merged.push(axis);
  }
  return merged;
}

/** Whether the elements follow each other in storage and result. */
function isRun([first, ...others]: readonly Axis[]): boolean {
  return !first || (others.length === 0 && first.stride === 1 && first.target === 1);
}

function span(axes: readonly Axis[]): number {
  return axes.reduce((end, { length, stride }) => end + (length - 1) * stride, 1);
}

/** Reads what a block can hold at once; more is taken apart along its widest axis. */
async function gather(
  gathering: Gathering,
  axes: readonly Axis[],
  offset: number,
  target: number,
): Promise<void> {
  const { storage, size, result, blockBytes } = gathering;
  const [widest, ...inner] = axes;
  const fits = span(axes) * size <= blockBytes;
  if (fits || !widest || isRun(axes)) {
    const block = await storage.read(offset * size, (offset + span(axes)) * size);
    copyElements(block, result, axes, target, size);
    return;
  }
  const innerSpan = span(inner);
  const group = Math.max(1, Math.floor((blockBytes / size - innerSpan) / widest.stride) + 1);
  for (let index = 0; index < widest.length; index += group) {
    const length = Math.min(group, widest.length - index);
    const part = length === 1 ? inner : [{ ...widest, length }, ...inner];
    await gather(gathering, part, offset + index * widest.stride, target + index * widest.target);
  }
}

/** Copies a block's elements to their places in the result. */
function copyElements(
  block: Uint8Array,
  result: Uint8Array,
  axes: readonly Axis[],
  target: number,
  size: number,
): void {
  const from = wordsOf(block, size);
  const to = wordsOf(result, size);
  const copy = (depth: number, source: number, destination: number): void => {
    const axis = axes[depth];
    if (!axis) {
      to[destination] = from[source]!;
    } else if (depth === axes.length - 1 && axis.stride === 1 && axis.target === 1) {
      to.set(from.subarray(source, source + axis.length) as never, destination);
    } else if (depth === axes.length - 1) {
      for (let index = 0; index < axis.length; index++) {
        to[destination + index * axis.target] = from[source + index * axis.stride]!;
      }
    } else {
      for (let index = 0; index < axis.length; index++) {
        copy(depth + 1, source + index * axis.stride, destination + index * axis.target);
      }
    }
  };
  copy(0, 0, target);
}

/** Bytes as whole elements, whatever they mean. */
function wordsOf(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (size === 8) return new BigUint64Array(buffer, byteOffset, length / size);
  if (size === 4) return new Uint32Array(buffer, byteOffset, length / size);
  if (size === 2) return new Uint16Array(buffer, byteOffset, length / size);
  return bytes;
}
