/** Token ids appended one after the other; doubles its memory when full. */
export class IdBuffer {
  #ids: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#ids = new Int32Array(Math.max(16, capacity));
  }

  push(id: number): void {
    if (this.#length === this.#ids.length) this.#grow(1);
    this.#ids[this.#length++] = id;
  }

  append(ids: Int32Array): void {
    if (this.#length + ids.length > this.#ids.length) this.#grow(ids.length);
    if (ids.length > 64) {
      this.#ids.set(ids, this.#length);
      this.#length += ids.length;
      return;
    }
    // For the one to three ids of a word a loop beats `set`.
    for (let index = 0; index < ids.length; index++) this.#ids[this.#length++] = ids[index]!;
  }

  /** Appends the ids `[start, end)` of an array, which are few. */
  appendRange(ids: Int32Array, start: number, end: number): void {
    if (this.#length + end - start > this.#ids.length) this.#grow(end - start);
    for (let index = start; index < end; index++) this.#ids[this.#length++] = ids[index]!;
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#ids.length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The ids so far, in an array of exactly their length. */
  toArray(): Int32Array {
    return this.#ids.slice(0, this.#length);
  }

  #grow(atLeast: number): void {
    const larger = new Int32Array(Math.max(this.#ids.length * 2, this.#length + atLeast));
    larger.set(this.#ids);
    this.#ids = larger;
  }
}

/** The ids that a function appends. */
export function collectIds(append: (ids: IdBuffer) => void): Int32Array {
  // Of a new buffer, all pages have to be cleared and brought in. Parts of somebody's own may encode while others do: then there is none.
  const ids = spare ?? new IdBuffer(SPARE_IDS);
  spare = undefined;
  append(ids);
  const collected = ids.toArray();
  if (ids.capacity <= LARGEST_SPARE) {
    ids.clear();
    spare = ids;
  }
  return collected;
}

let spare: IdBuffer | undefined;

/** 16 KiB, and 1 MiB. */
const SPARE_IDS = 2 ** 12;
const LARGEST_SPARE = 2 ** 18;
