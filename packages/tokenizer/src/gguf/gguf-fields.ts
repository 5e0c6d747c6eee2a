import { describeValue } from '../describe-value.ts';
import type { GgufMetadata, GgufValue } from './gguf-header.ts';

/** Values of a GGUF file with the types that are expected of them; errors name the key and where its value is. */
export class GgufFields {
  /** What errors call the file. */
  readonly source: string;
  readonly #metadata: GgufMetadata;
  readonly #place: string;

  /** @param place the function that was called and the file, `readGgufTokenizer: model.gguf` */
  constructor(metadata: GgufMetadata, place: string) {
    this.#metadata = metadata;
    this.#place = place;
    this.source = place.slice(place.indexOf(': ') + 2);
  }

  keys(): IterableIterator<string> {
    return this.#metadata.metadata.keys();
  }

  string(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.misplaced(key, 'a string');
  }

  boolean(key: string): boolean | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.misplaced(key, 'true or false');
  }

  /** An array that must be there. */
  strings(key: string): readonly string[] {
    const value = this.#get(key);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.misplaced(key, 'an array of strings');
  }

  /** Numbers for each of some tokens. */
  numbers(key: string, length: number): Int32Array | Float32Array | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (!(value instanceof Int32Array || value instanceof Float32Array) || value.length < length) {
      throw this.misplaced(key, `an array of ${length} numbers of 32 bits`);
    }
    return value;
  }

  bytes(key: string): Uint8Array | undefined {
    const value = this.#get(key);
    if (value === undefined || value instanceof Uint8Array) return value;
    if (value instanceof Int8Array) return new Uint8Array(value.buffer, value.byteOffset, value.length);
    throw this.misplaced(key, 'an array of bytes');
  }

  /** An id below `size`; undefined also for those beyond, as llama.cpp has it. */
  tokenId(key: string, size: number): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.misplaced(key, 'an integer');
    return value >= 0 && value < size ? value : undefined;
  }

  misplaced(key: string, expectation: string): RangeError {
    const value = this.#get(key);
    const at = this.#metadata.valueOffsets.get(key);
    const where = at === undefined ? '' : ` at byte ${at}`;
    const got =
      value === undefined ? 'nothing' : describeValue(ArrayBuffer.isView(value) ? [...value] : value);
    return new RangeError(`${this.#place}: ${key} must be ${expectation}, got ${got}${where}.`);
  }

  #get(key: string): GgufValue | undefined {
    return this.#metadata.metadata.get(key);
  }
}
