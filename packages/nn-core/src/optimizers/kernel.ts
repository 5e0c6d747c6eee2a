import { OPTIMIZER_KERNEL } from './optimizer-kernel.wasm.ts';

/** The loops that change weights element by element; assembly/optimizer.ts says what they compute. */
export type UpdateKernel = 'descend' | 'descendWithMomentum' | 'adam' | 'adagrad' | 'rmsprop' | 'lion';

/** What assembly/ exports. Arrays are given by their places, byte offsets in the kernel's memory. */
type KernelFunctions = Readonly<
  Record<UpdateKernel | 'addSquares' | 'factored', (...operands: number[]) => void> &
    Record<'sumOfSquares' | 'sumOfFactoredSquares', (...operands: number[]) => number>
>;

type KernelExports = KernelFunctions & {
  readonly memory: WebAssembly.Memory;
  readonly chunkLength: WebAssembly.Global;
  readonly chunks: WebAssembly.Global;
};

const CHUNK_COUNT = 5;
const PAGE = 65536;

/** The compiled loops, and a memory of their own for arrays to live in or to be copied to, chunk by chunk. */
export class Kernel {
  readonly run: KernelFunctions;
  /** Most elements of an array that are worked on at a time. */
  readonly chunkLength: number;
  readonly #chunks: readonly Float32Array[];
  readonly #memory: WebAssembly.Memory;
  /** Byte offset of the memory that was asked for. */
  readonly #free: number;

  /** @throws {RangeError} if there is not that much memory */
  constructor(bytes: number) {
    compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(OPTIMIZER_KERNEL), (character) => character.charCodeAt(0)),
    );
    const exports = new WebAssembly.Instance(compiled, {}).exports as unknown as KernelExports;
    const { memory } = exports;
    this.run = exports;
    this.chunkLength = exports.chunkLength.value as number;
    const begin = exports.chunks.value as number;
    const size = 4 * this.chunkLength;
    this.#free = begin + CHUNK_COUNT * size;
    this.#memory = memory;
    memory.grow(Math.max(0, Math.ceil((this.#free + bytes - memory.buffer.byteLength) / PAGE)));
    this.#chunks = Array.from(
      { length: CHUNK_COUNT },
      (_, index) => new Float32Array(memory.buffer, begin + index * size, this.chunkLength),
    );
  }

  /** The kernel in whose memory the first of these arrays lives that lives in any; else one that all share. */
  static of(arrays: readonly (Float32Array | undefined)[]): Kernel {
    for (const array of arrays) {
      const home = array && homes.get(array);
      if (home) return home;
    }
    shared ??= new Kernel(0);
    return shared;
  }

  /** Takes the memory that was asked for. */
  place(lengths: readonly number[]): Float32Array[] {
    let offset = this.#free;
    return lengths.map((length) => {
      const array = new Float32Array(this.#memory.buffer, offset, length);
      offset += bytesOf(length);
      homes.set(array, this);
      return array;
    });
  }

  /**
   * Makes a part of an array reachable.
   *
   * @param chunk where it is copied to, unless it lives here; elements up to the next multiple of four are zero then
   * @returns its place
   */
  bringIn(chunk: number, array: Float32Array, start = 0, count: number = array.length): number {
    if (homes.get(array) === this) return array.byteOffset + 4 * start;
    const target = this.#chunks[chunk]!;
    target.set(array.subarray(start, start + count));
    if (count % 4 !== 0) target.fill(0, count, count + 4 - (count % 4));
    return target.byteOffset;
  }

  /** Writes a part that was changed back to where it was brought from. */
  takeBack(chunk: number, array: Float32Array, start = 0, count: number = array.length): void {
    if (homes.get(array) !== this) array.set(this.#chunks[chunk]!.subarray(0, count), start);
  }
}

/**
 * Arrays of zeros that kernels reach without copies, or ordinary arrays where WebAssembly has not that much memory (4 GiB
 * at most). They stay valid as long as they are held.
 */
export function allocateSlots(lengths: readonly number[]): Float32Array[] {
  if (lengths.length === 0) return [];
  try {
    return new Kernel(lengths.reduce((sum, length) => sum + bytesOf(length), 0)).place(lengths);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return lengths.map((length) => new Float32Array(length));
  }
}

/** Kernels work on four elements at a time. */
function bytesOf(length: number): number {
  return 16 * Math.ceil(length / 4);
}

/** The arrays that live in a kernel's memory. */
const homes = new WeakMap<Float32Array, Kernel>();
let compiled: WebAssembly.Module | undefined;
let shared: Kernel | undefined;
