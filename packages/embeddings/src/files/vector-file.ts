import { describeValue } from '../describe-value.ts';
import { RowStore } from '../search/row-store.ts';
import { checkSearch, type Neighbors } from '../search/vector-index.ts';
import { inverseNorm, unitVector } from '../vectors/unit-vector.ts';
import { WordVectors } from '../vectors/word-vectors.ts';
import { LONGEST_WORD } from './binary-format.ts';
import { type RefuseAt, refuseFor } from './byte-reader.ts';
import { decodeWord } from './decode-word.ts';
import { checkSize, parseHeader } from './header.ts';
import type { RandomAccess } from './random-access.ts';
import { decodeFloats, decodeWords, headerBytes, PREFIX_BYTES, readLayout } from './safetensors-format.ts';

/** Bytes that are read at once where all are read. */
const PART = 1 << 24;

/** Where the vectors of a file lie. */
interface VectorPlaces {
  readonly words: readonly string[];
  readonly size: number;
  readonly type: 'F64' | 'F32' | 'F16' | 'BF16';
  /** Byte offset of a row. */
  readonly offsetOf: (row: number) => number;
  /** From a row's begin to the next's, where all are alike. */
  readonly stride: number | undefined;
}

/**
 * A file of vectors of which the words alone are in memory; vectors are read when they are asked for. For files that are larger than memory, and for
 * pages that need some of the vectors of a large file.
 *
 * safetensors with words, and word2vec's binary format. Of the latter all words are found by one pass through the file, as they stand between
 * the vectors.
 */
export class VectorFile {
  readonly words: readonly string[];
  readonly size: number;
  readonly #rows: ReadonlyMap<string, number>;
  readonly #places: VectorPlaces;
  readonly #access: RandomAccess;
  readonly #refuse: RefuseAt;

  private constructor(access: RandomAccess, places: VectorPlaces, refuse: RefuseAt) {
    this.words = places.words;
    this.size = places.size;
    this.#places = places;
    this.#access = access;
    this.#refuse = refuse;
    // Of a word that is there twice the first vector counts.
    const rows = new Map<string, number>();
    for (const [row, word] of places.words.entries()) if (!rows.has(word)) rows.set(word, row);
    this.#rows = rows;
  }

  /**
   * Reads the words.
   *
   * @throws {SyntaxError} if the file is broken or of another format; the message names it and the byte
   */
  static async open(access: RandomAccess, { signal }: { signal?: AbortSignal } = {}): Promise<VectorFile> {
    const refuse = refuseFor('VectorFile', access.source);
    const start = await access.read(0, Math.min(access.size, 100));
    const isText = parseHeader(String.fromCharCode(...start.subarray(0, Math.max(0, start.indexOf(0x0a)))));
    const places = isText
      ? await findBinary(access, isText, start.indexOf(0x0a) + 1, refuse, signal)
      : await findSafetensors(access, refuse);
    return new VectorFile(access, places, refuse);
  }

  has(word: string): boolean {
    return this.#rows.has(word);
  }

  /** The row of a word, undefined if it has none. */
  rowOf(word: string): number | undefined {
    return this.#rows.get(word);
  }

  /**
   * The vectors of some words, in their order; words without one are left out.
   *
   * Vectors that lie near each other are read together.
   */
  async vectorsOf(words: Iterable<string>): Promise<WordVectors> {
    const known = [...new Set(words)].filter((word) => this.#rows.has(word));
    const table = new Float32Array(known.length * this.size);
    const order = known.map((word, at) => ({ at, row: this.#rows.get(word)! })).sort((a, b) => a.row - b.row);
    for (let first = 0; first < order.length; ) {
      let last = first + 1;
      while (
        last < order.length &&
        this.#nearlyTogether(order[first]!.row, order[last - 1]!.row, order[last]!.row)
      ) {
        last++;
      }
      const begin = this.#places.offsetOf(order[first]!.row);
      const bytes = await this.#access.read(
        begin,
        this.#places.offsetOf(order[last - 1]!.row) + this.#rowBytes,
      );
      for (const { at, row } of order.slice(first, last)) {
        const place = this.#places.offsetOf(row) - begin;
        const vector = decodeFloats(bytes.subarray(place, place + this.#rowBytes), this.#places.type);
        this.#checkFinite(vector, row);
        table.set(vector, at * this.size);
      }
      first = last;
    }
    return new WordVectors(known, table, this.size);
  }

  /**
   * The rows most similar to queries, by cosine, in one pass through the file. Memory is that of the words and of 16 MB of vectors.
   *
   * @param queries `[size]` each
   * @param options `onProgress` is told how many rows of `words.length` are done
   */
  async searchAll(
    queries: readonly ArrayLike<number>[],
    count: number,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (rows: number) => void } = {},
  ): Promise<Neighbors[]> {
    checkSearch('VectorFile', queries, count, this.size);
    const units = queries.map(unitVector);
    const rowsAtOnce = Math.max(1, Math.floor(PART / (this.#places.stride ?? this.#rowBytes)));
    const store = new RowStore('float32', Math.min(rowsAtOnce, this.words.length), this.size);
    let best: Neighbors[] = units.map(() => ({ rows: new Int32Array(0), similarities: new Float32Array(0) }));
    for (let first = 0; first < this.words.length; first += rowsAtOnce) {
      signal?.throwIfAborted();
      const last = Math.min(first + rowsAtOnce, this.words.length);
      const table = await this.#readRows(first, last);
      const scales = Float64Array.from({ length: last - first }, (_, row) =>
        inverseNorm(table, row * this.size, (row + 1) * this.size),
      );
      store.write(table, 0, scales);
      const found = store.search(units, count, 0, last - first, first);
      best = best.map((neighbors, query) => merge(neighbors, found[query]!, count));
      onProgress?.(last);
    }
    return best;
  }

  /** Closes what it reads from. */
  async close(): Promise<void> {
    await this.#access.close?.();
  }

  get #rowBytes(): number {
    return this.size * { F64: 8, F32: 4, F16: 2, BF16: 2 }[this.#places.type];
  }

  /** Whether reading what lies between costs less than another request. */
  #nearlyTogether(first: number, last: number, next: number): boolean {
    const { offsetOf } = this.#places;
    return offsetOf(next) - offsetOf(last) < 65_536 && offsetOf(next) - offsetOf(first) < PART;
  }

  async #readRows(first: number, last: number): Promise<Float32Array> {
    const { offsetOf, type } = this.#places;
    const begin = offsetOf(first);
    const bytes = await this.#access.read(begin, offsetOf(last - 1) + this.#rowBytes);
    const table = new Float32Array((last - first) * this.size);
    for (let row = first; row < last; row++) {
      const place = offsetOf(row) - begin;
      const vector = decodeFloats(bytes.subarray(place, place + this.#rowBytes), type);
      this.#checkFinite(vector, row);
      table.set(vector, (row - first) * this.size);
    }
    return table;
  }

  #checkFinite(vector: Float32Array, row: number): void {
    const column = vector.findIndex((value) => !Number.isFinite(value));
    if (column < 0) return;
    const at = this.#places.offsetOf(row) + (column * this.#rowBytes) / this.size;
    throw this.#refuse(
      at,
      `numbers must be finite, got ${vector[column]} in ${describeValue(this.words[row])}`,
    );
  }
}

function merge(left: Neighbors, right: Neighbors, count: number): Neighbors {
  const rows = [...left.rows, ...right.rows];
  const similarities = [...left.similarities, ...right.similarities];
  const order = [...rows.keys()]
    .sort((a, b) => similarities[b]! - similarities[a]! || rows[a]! - rows[b]!)
    .slice(0, count);
  return {
    rows: Int32Array.from(order, (at) => rows[at]!),
    similarities: Float32Array.from(order, (at) => similarities[at]!),
  };
}

async function findSafetensors(access: RandomAccess, refuse: RefuseAt): Promise<VectorPlaces> {
  const prefix = await access.read(0, Math.min(PREFIX_BYTES, access.size));
  const length = headerBytes(prefix, access.size, refuse);
  const header = await access.read(PREFIX_BYTES, PREFIX_BYTES + length);
  const { vectors, wordBytes, wordEnds } = readLayout(header, access.size, undefined, refuse);
  if (!wordBytes || !wordEnds) throw refuse(PREFIX_BYTES, 'the file must hold its words too');
  const [bytes, ends] = await Promise.all(
    [wordBytes, wordEnds].map(({ begin, end }) => access.read(begin, end)),
  );
  const size = vectors.shape[1]!;
  const stride = vectors.shape[0]! > 0 ? (vectors.end - vectors.begin) / vectors.shape[0]! : 0;
  return {
    words: decodeWords(bytes!, ends!, wordEnds.begin, refuse),
    size,
    type: vectors.type as VectorPlaces['type'],
    offsetOf: (row) => vectors.begin + row * stride,
    stride,
  };
}

async function findBinary(
  access: RandomAccess,
  { count, size }: { count: number; size: number },
  start: number,
  refuse: RefuseAt,
  signal: AbortSignal | undefined,
): Promise<VectorPlaces> {
  const rowBytes = 4 * size;
  checkSize(size, refuse);
  if (size < 1 || count * (rowBytes + 1) > access.size) {
    throw refuse(
      0,
      `${count} words of ${size} numbers must take more than the file's ${access.size} bytes: it is not whole`,
    );
  }
  const words: string[] = [];
  const offsets = new Float64Array(count);
  let part = new Uint8Array(0);
  let partBegin = start;
  let at = start;
  for (let row = 0; row < count; row++) {
    let space = -1;
    for (;;) {
      let begin = at - partBegin;
      while (part[begin] === 0x0a) begin++;
      space = begin < part.length ? part.indexOf(0x20, begin) : -1;
      if (space >= 0) {
        at = partBegin + begin;
        break;
      }
      if (part.length - begin > LONGEST_WORD)
        throw refuse(at, `a word must have at most ${LONGEST_WORD} bytes, got more`);
      if (partBegin + part.length >= access.size && at >= partBegin) {
        throw refuse(access.size, `${count} words must be there, the file ends in word ${row + 1}`);
      }
      signal?.throwIfAborted();
      // Vectors that are longer than what is read at once are passed over.
      partBegin = at;
      part = Uint8Array.from(await access.read(at, Math.min(access.size, at + PART)));
    }
    const word = decodeWord(part, at - partBegin, space, 'replace')!;
    words.push(word);
    offsets[row] = partBegin + space + 1;
    at = offsets[row]! + rowBytes;
    if (at > access.size)
      throw refuse(access.size, `${count} words must be there, the file ends in word ${row + 1}`);
  }
  return { words, size, type: 'F32', offsetOf: (row) => offsets[row]!, stride: undefined };
}
