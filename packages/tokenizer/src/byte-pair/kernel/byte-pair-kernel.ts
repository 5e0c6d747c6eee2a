import type { IdBuffer } from '../../id-buffer.ts';
import { createPieceScanner, type PieceScanner } from '../piece-scanner.ts';
import type { TokenBytes } from '../read-ranks.ts';
import type { LastPair, Merges } from '../recover-merges.ts';
import { scanClasses } from '../scan-classes.ts';
import type { SplitRule } from '../split-patterns.ts';
import { BYTE_PAIR_KERNEL } from './byte-pair-kernel.wasm.ts';
import { classBlocks } from './class-blocks.ts';

/** What assembly/byte-pair.ts exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly ascii: WebAssembly.Global;
  readonly report: WebAssembly.Global;
  readonly longest: WebAssembly.Global;
  readonly mergeCount: WebAssembly.Global;
  setRule(...rule: (number | boolean)[]): void;
  setPlaces(...places: number[]): void;
  setCache(...places: number[]): void;
  clearMerges(): void;
  addMerge(left: number, right: number, product: number): void;
  addMerges(pairs: number, products: number, count: number): void;
  /** Places of the tokens' bytes, starts and ends, and of the pairs and products to write; the first id, and how many there are. */
  recoverMerges(...numbers: number[]): number;
  findUnmerged(bytes: number, starts: number, ends: number, id: number, size: number): number;
  pin(piece: number, length: number, id: number): void;
  encode(start: number, end: number, isLast: boolean): number;
}

/**
 * The way from text to ids of byte-level BPE in WebAssembly: scanning, cache and merges in one loop over UTF-8.
 *
 * Pieces seen lately are kept in at most 17 MiB, which are forgotten at once when they are full.
 */
export class BytePairKernel {
  readonly #run: KernelExports;
  readonly #text: Uint8Array;
  readonly #textPlace: number;
  readonly #output: Int32Array;
  /** How many ids were written, and the end of the piece that is too long for the kernel. */
  readonly #report: Int32Array;
  readonly #pinsPlace: number;
  readonly #cachePlace: number;
  /** Records of pieces; until the cache is set up, what tables are made from. */
  readonly #arenaPlace: number;
  readonly #end: number;
  readonly #outputPlace: number;
  #rule: SplitRule | undefined;
  #scanner: PieceScanner | undefined;

  private constructor(exports: KernelExports, byteIds: Int32Array, mostMerges: number, arenaBytes: number) {
    this.#run = exports;
    const { blocks, classes } = classBlocks();
    const pairSlots = powerOfTwo(mostMerges * 1.25);
    const filterBits = Math.log2(powerOfTwo(mostMerges * 8));
    let end = FIRST_PLACE;
    const place = (bytes: number): number => {
      const start = end;
      end += (bytes + 15) & ~15;
      return start;
    };
    this.#textPlace = place(TEXT_BYTES);
    // Ids are copied three at a time.
    this.#outputPlace = place(4 * TEXT_BYTES + 8);
    const blocksPlace = place(blocks.byteLength);
    const classesPlace = place(classes.byteLength);
    const byteIdsPlace = place(4 * 256);
    const byteMergesPlace = place(8 * 65536);
    const filterPlace = place(2 ** filterBits / 8);
    const pairsPlace = place(16 * pairSlots);
    this.#pinsPlace = place(SLOT_BYTES * MOST_PINNED);
    // Behind the largest cache there is room for the one before, while it grows.
    this.#cachePlace = place(SLOT_BYTES * LARGEST_CACHE * 1.25);
    this.#arenaPlace = place(Math.max(ARENA_BYTES, arenaBytes));
    this.#end = end;
    const { memory } = exports;
    memory.grow(Math.ceil(Math.max(0, end - memory.buffer.byteLength) / PAGE));

    const bytes = new Uint8Array(memory.buffer);
    const integers = new Int32Array(memory.buffer);
    bytes.set(scanClasses().subarray(0, 128), exports.ascii.value as number);
    new Uint16Array(memory.buffer).set(blocks, blocksPlace / 2);
    bytes.set(classes, classesPlace);
    integers.set(byteIds, byteIdsPlace / 4);
    exports.setPlaces(
      blocksPlace,
      classesPlace,
      byteMergesPlace,
      byteIdsPlace,
      pairsPlace,
      pairSlots,
      filterPlace,
      filterBits,
    );
    exports.clearMerges();
    this.#text = bytes.subarray(this.#textPlace, this.#textPlace + TEXT_BYTES);
    this.#output = integers.subarray(this.#outputPlace / 4, this.#outputPlace / 4 + TEXT_BYTES);
    const report = (exports.report.value as number) / 4;
    this.#report = integers.subarray(report, report + 2);
  }

  /**
   * The kernel of some merges; undefined where there is no WebAssembly with vectors, a page's policy forbids it, there is not enough memory,
   * or too many tokens are pinned.
   *
   * @param byteIds ids of the 256 bytes
   * @param whole   tokens that a piece is if it is their bytes as a whole, whatever merges make of them
   */
  static of(
    byteIds: Int32Array,
    { pairs, products }: Merges,
    whole: TokenBytes | undefined,
  ): BytePairKernel | undefined {
    return attempt((exports) => {
      const room = whole ? whole.bytes.length + 8 * whole.starts.length : 0;
      const count = products.length;
      const kernel = new BytePairKernel(exports, byteIds, count, Math.max(12 * count, room));
      const productsPlace = kernel.#arenaPlace + 8 * count;
      const integers = new Int32Array(exports.memory.buffer);
      integers.set(pairs, kernel.#arenaPlace / 4);
      integers.set(products, productsPlace / 4);
      exports.addMerges(kernel.#arenaPlace, productsPlace, count);
      const pinned: PinnedToken[] = [];
      if (whole) {
        const places = kernel.#place(whole, kernel.#arenaPlace);
        const size = whole.starts.length;
        for (let id = 0; ; id++) {
          id = exports.findUnmerged(...places, id, size);
          if (id >= size || pinned.length > MOST_PINNED) break;
          pinned.push([tokenAt(whole, id), id]);
        }
      }
      return kernel.#pin(pinned);
    });
  }

  /**
   * The kernel of ranked tokens, and what `recoverMerges` finds of them; undefined as of {@link of}, and where a token is too long for it.
   *
   * @param byteIds  ids of the 256 bytes
   * @param lastPair of these tokens
   * @param pinned   further tokens that pieces are as a whole
   */
  static ofRanks(
    tokens: TokenBytes,
    byteIds: Int32Array,
    lastPair: LastPair,
    pinned: readonly PinnedToken[],
  ): { kernel: BytePairKernel; merges: Merges } | undefined {
    return attempt((exports) => {
      const size = tokens.starts.length;
      const longest: number = exports.longest.value;
      for (let id = 0; id < size; id++) {
        if (tokens.ends[id]! - tokens.starts[id]! > longest) return undefined;
      }
      const kernel = new BytePairKernel(exports, byteIds, size, tokens.bytes.length + 20 * size);
      const pairsPlace = kernel.#arenaPlace;
      const productsPlace = pairsPlace + 8 * size;
      const places = kernel.#place(tokens, productsPlace + 4 * size);
      const integers = new Int32Array(exports.memory.buffer);
      const unmerged: PinnedToken[] = [];
      for (let id = 0; ; id++) {
        id = exports.recoverMerges(...places, pairsPlace, productsPlace, id, size);
        if (id >= size) break;
        const pair = lastPair(id);
        if (pair) {
          const merge: number = exports.mergeCount.value;
          integers.set(pair, pairsPlace / 4 + 2 * merge);
          integers[productsPlace / 4 + merge] = id;
          exports.addMerge(...pair, id);
        } else unmerged.push([tokenAt(tokens, id), id]);
      }
      const count: number = exports.mergeCount.value;
      const merges = {
        pairs: integers.slice(pairsPlace / 4, pairsPlace / 4 + 2 * count),
        products: integers.slice(productsPlace / 4, productsPlace / 4 + count),
      };
      const ready = kernel.#pin([...unmerged, ...pinned]);
      return ready && { kernel: ready, merges };
    });
  }

  /**
   * Appends the ids of a text.
   *
   * @param rule       what cuts the text into pieces
   * @param text       well-formed Unicode, or with lone surrogates, which count as U+FFFD
   * @param encodeLong appends the ids of a piece that is too long for the kernel
   */
  encode(rule: SplitRule, text: string, output: IdBuffer, encodeLong: (piece: string) => void): void {
    if (rule !== this.#rule) this.#setRule(rule);
    const bytes = this.#text;
    // Code units brought in, and bytes left over from them at the front of the buffer.
    let read = 0;
    let held = 0;
    while (read < text.length || held > 0) {
      let end = Math.min(text.length, read + CHUNK);
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
      const part = end - read === text.length ? text : text.slice(read, end);
      const size = held + utf8.encodeInto(part, held === 0 ? bytes : bytes.subarray(held)).written;
      bytes[size] = END;
      read = end;
      const consumed = this.#encodeChunk(size, read === text.length, output, encodeLong);
      held = size - consumed;
      if (held === 0) continue;
      bytes.copyWithin(0, consumed, size);
      if (held + 3 * CHUNK >= TEXT_BYTES) {
        // A piece that fills the buffer.
        const start = read - decoder.decode(bytes.subarray(0, held)).length;
        read = this.#scanner!(text, start);
        encodeLong(text.slice(start, read));
        held = 0;
      }
    }
  }

  /** Encodes the pieces in the first bytes of the buffer; returns where the first one that is left over begins. */
  #encodeChunk(size: number, isLast: boolean, output: IdBuffer, encodeLong: (piece: string) => void): number {
    const place = this.#textPlace;
    let at = 0;
    for (;;) {
      at = this.#run.encode(place + at, place + size, isLast) - place;
      output.append(this.#output.subarray(0, this.#report[0]!));
      const longEnd = this.#report[1]!;
      if (longEnd === 0) return at;
      encodeLong(decoder.decode(this.#text.subarray(at, longEnd - place)));
      at = longEnd - place;
    }
  }

  #setRule(rule: SplitRule): void {
    this.#run.setRule(
      ['gpt2', 'words', 'cased'].indexOf(rule.style),
      ['none', 'small', 'ascii', 'folded'].indexOf(rule.contractions),
      Math.min(rule.digits, 2 ** 31 - 1),
      rule.marks,
      rule.slashes,
      rule.wholeTail,
    );
    this.#rule = rule;
    this.#scanner = createPieceScanner(rule);
  }

  /** Writes tokens to the memory; returns the places of their bytes, starts and ends. */
  #place({ bytes, starts, ends }: TokenBytes, at: number): [bytes: number, starts: number, ends: number] {
    const { buffer } = this.#run.memory;
    const endsPlace = at + starts.byteLength;
    const bytesPlace = endsPlace + ends.byteLength;
    new Int32Array(buffer).set(starts, at / 4);
    new Int32Array(buffer).set(ends, endsPlace / 4);
    new Uint8Array(buffer).set(bytes, bytesPlace);
    return [bytesPlace, at, endsPlace];
  }

  /** Makes the cache ready, with some tokens in it for good. */
  #pin(pinned: readonly PinnedToken[]): this | undefined {
    if (pinned.length > MOST_PINNED) return undefined;
    this.#run.setCache(
      this.#cachePlace,
      SMALLEST_CACHE,
      LARGEST_CACHE,
      this.#arenaPlace,
      this.#end,
      this.#pinsPlace,
      this.#outputPlace,
    );
    for (const [piece, id] of pinned) {
      if (piece.length > (this.#run.longest.value as number)) continue;
      this.#text.set(piece);
      this.#run.pin(this.#textPlace, piece.length, id);
    }
    return this;
  }
}

/** A token that a piece is if it is its bytes. */
export type PinnedToken = readonly [piece: Uint8Array, id: number];

let compiled: WebAssembly.Module | undefined;

/** What is made of a new instance of the module; undefined where there can be none. */
function attempt<Result>(make: (exports: KernelExports) => Result): Result | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    compiled ??= new WebAssembly.Module(
      Uint8Array.from(atob(BYTE_PAIR_KERNEL), (character) => character.charCodeAt(0)),
    );
    const { exports } = new WebAssembly.Instance(compiled, {});
    return make(exports as unknown as KernelExports);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return undefined;
    throw error;
  }
}

const utf8 = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const PAGE = 65536;
/** What is below are the kernel's own places. */
const FIRST_PLACE = 8192;
/** Code units that are brought in at a time: with their ids they fit the second-level cache. */
const CHUNK = 32768;
/** A chunk, what is left over from others, and room to read on behind the end. */
const TEXT_BYTES = 6 * CHUNK + 64;
/** Behind the text: no UTF-8 has this byte. */
const END = 0xff;
const SLOT_BYTES = 32;
/** Slots of the cache of pieces: at least, and at most (four times as many, several times). */
const SMALLEST_CACHE = 2 ** 13;
const LARGEST_CACHE = 2 ** 17;
/** An eighth of the pieces that the cache holds. */
const MOST_PINNED = LARGEST_CACHE / 16;
/** For pieces of more than 16 bytes or three ids. */
const ARENA_BYTES = 12 * 2 ** 20;

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(64, atLeast)));
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function tokenAt({ bytes, starts, ends }: TokenBytes, id: number): Uint8Array {
  return bytes.subarray(starts[id]!, ends[id]!);
}
