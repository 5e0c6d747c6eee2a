import type { RunFile, RunFileWriter, RunStorage } from './run-storage.ts';

/** What files hold: numbers of one kind, one after the other, in the byte order of the machine. */
export type Numbers = Uint32Array | Float32Array | Float64Array;

type NumbersConstructor<T extends Numbers> = {
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Numbers written to a file in blocks. */
export class BlockWriter<T extends Numbers> {
  readonly block: T;
  /** Numbers of the block that wait. */
  length = 0;
  readonly #file: RunFileWriter;

  private constructor(file: RunFileWriter, block: T) {
    this.#file = file;
    this.block = block;
  }

  /** @param blockLength numbers */
  static async create<T extends Numbers>(
    storage: RunStorage,
    name: string,
    kind: NumbersConstructor<T>,
    blockLength: number,
  ): Promise<BlockWriter<T>> {
    return new BlockWriter(await storage.create(name), new kind(Math.max(1, blockLength)));
  }

  push(number: number): void {
    if (this.length === this.block.length) this.#flush();
    this.block[this.length++] = number;
  }

  /** Some numbers of an array. */
  append(numbers: T, at: number, count: number): void {
    for (let end = at + count; at < end; ) {
      if (this.length === this.block.length) this.#flush();
      const part = Math.min(end - at, this.block.length - this.length);
      if (part > 16) this.block.set(numbers.subarray(at, at + part), this.length);
      else for (let index = 0; index < part; index++) this.block[this.length + index] = numbers[at + index]!;
      this.length += part;
      at += part;
    }
  }

  #flush(): void {
    this.#file.write(new Uint8Array(this.block.buffer, 0, this.length * this.block.BYTES_PER_ELEMENT));
    this.length = 0;
  }

  async close(): Promise<void> {
    if (this.length > 0) this.#flush();
    await this.#file.close();
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }
}

/** Numbers of a file, block by block. */
export class BlockReader<T extends Numbers> {
  readonly block: T;
  /** Where the next number of the block is. */
  at = 0;
  /** Numbers of the block. */
  end = 0;
  /** Numbers of the file. */
  readonly length: number;
  readonly #file: RunFile;
  #position: number;

  private constructor(file: RunFile, block: T) {
    this.#file = file;
    this.block = block;
    this.length = file.byteLength / block.BYTES_PER_ELEMENT;
    this.#position = 0;
  }

  /** @param blockLength numbers; a multiple of what is read at once */
  static async open<T extends Numbers>(
    storage: RunStorage,
    name: string,
    kind: NumbersConstructor<T>,
    blockLength: number,
  ): Promise<BlockReader<T>> {
    const file = await storage.open(name);
    const length = Math.ceil(file.byteLength / kind.BYTES_PER_ELEMENT);
    return new BlockReader(file, new kind(Math.max(1, Math.min(blockLength, length))));
  }

  /**
   * Reads the next block.
   *
   * @returns whether there is one
   * @throws {Error} if the file is cut off
   */
  fill(): boolean {
    const { block } = this;
    const wanted = Math.min(block.byteLength, this.#file.byteLength - this.#position);
    if (wanted % block.BYTES_PER_ELEMENT !== 0) {
      throw new Error(`${this.#file.name}, byte ${this.#file.byteLength}: the file ends within a number.`);
    }
    this.#read(new Uint8Array(block.buffer, 0, wanted), this.#position);
    this.#position += wanted;
    this.at = 0;
    this.end = wanted / block.BYTES_PER_ELEMENT;
    return wanted > 0;
  }

  /** The next number; undefined at the end. */
  next(): number | undefined {
    if (this.at === this.end && !this.fill()) return undefined;
    return this.block[this.at++]!;
  }

  /** Reads numbers from a place of the file, whatever else is read. */
  readInto(target: T, index: number): void {
    this.#read(
      new Uint8Array(target.buffer, target.byteOffset, target.byteLength),
      index * target.BYTES_PER_ELEMENT,
    );
  }

  #read(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length; ) {
      const count = this.#file.read(bytes.subarray(at), position + at);
      if (count === 0) throw new Error(`${this.#file.name}, byte ${position + at}: the file is cut off.`);
      at += count;
    }
  }

  close(): void {
    this.#file.close();
  }
}

/** Writes an array as a file. */
export async function writeNumbers(storage: RunStorage, name: string, numbers: Numbers): Promise<void> {
  const file = await storage.create(name);
  try {
    file.write(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    await file.close();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Reads a file whole. */
export async function readNumbers(
  storage: RunStorage,
  name: string,
  kind: typeof Float64Array,
): Promise<Float64Array> {
  const reader = await BlockReader.open(storage, name, kind, Number.MAX_SAFE_INTEGER);
  try {
    reader.fill();
    return reader.block;
  } finally {
    reader.close();
  }
}
