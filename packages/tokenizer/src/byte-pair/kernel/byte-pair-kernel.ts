import type { IdBuffer } from '../../id-buffer.ts';
import { createPieceScanner, type PieceScanner } from '../piece-scanner.ts';
import { scanClasses } from '../scan-classes.ts';
import type { SplitRule } from '../split-patterns.ts';
import { BYTE_PAIR_KERNEL } from './byte-pair-kernel.wasm.ts';

/** A byte-level BPE model as the kernel takes it. */
export interface KernelModel {
  readonly rule: SplitRule;
  /** Ids of the 256 bytes. */
  readonly byteIds: Int32Array;
  /** Ids of the tokens that merges merge: left, right, left, right, …, first merge first. */
  readonly pairs: Int32Array;
  /** The id of the token that each merge makes. */
  readonly products: Int32Array;
  /** Pieces that have an id of their own, whatever merges make of them. */
  readonly pinned: readonly (readonly [piece: Uint8Array, id: number])[];
}

/** What assembly/byte-pair.ts exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly ascii: WebAssembly.Global;
  readonly report: WebAssembly.Global;
  readonly longest: WebAssembly.Global;
  setRule(...rule: (number | boolean)[]): void;
  setPlaces(...places: number[]): void;
  setCache(...places: number[]): void;
  addMerges(source: number, count: number): void;
  pin(piece: number, length: number, id: number): void;
  encode(start: number, end: number, isLast: boolean): number;
}

/**
 * The way from text to ids of byte-level BPE in WebAssembly: scanning, cache and merges in one loop over UTF-8.
 *
 * Pieces seen lately are kept in at most 15 MiB, which are forgotten at once when they are full.
 */
export class BytePairKernel {
  readonly #run: KernelExports;
  readonly #scanner: PieceScanner;
  readonly #textPlace: number;
  readonly #text: Uint8Array;
  readonly #output: Int32Array;
  /** How many ids were written, and the end of the piece that is too long for the kernel. */
  readonly #report: Int32Array;

  private constructor(exports: KernelExports, { rule, byteIds, pairs, products, pinned }: KernelModel) {
    this.#run = exports;
    this.#scanner = createPieceScanner(rule);
    const { blocks, classes } = classBlocks();
    const pairSlots = powerOfTwo(products.length * 1.25);
    const filterBits = Math.log2(powerOfTwo(products.length * 8));
    let end = FIRST_PLACE;
    const place = (bytes: number): number => {
      const start = end;
      end += (bytes + 15) & ~15;
      return start;
    };
    const textPlace = place(TEXT_BYTES);
    const outputPlace = place(4 * TEXT_BYTES);
    const blocksPlace = place(blocks.byteLength);
    const classesPlace = place(classes.byteLength);
    const byteIdsPlace = place(4 * 256);
    const byteRanksPlace = place(4 * 65536);
    const filterPlace = place(2 ** filterBits / 8);
    const productsPlace = place(products.byteLength);
    const pairKeysPlace = place(8 * pairSlots);
    const pairRanksPlace = place(4 * pairSlots);
    const pinsPlace = place(16 * pinned.length);
    // Behind the largest cache there is room for the one before, while it grows.
    const cachePlace = place(16 * LARGEST_CACHE * 1.25);
    const arenaPlace = place(Math.max(ARENA_BYTES, pairs.byteLength));
    const { memory } = exports;
    memory.grow(Math.ceil(Math.max(0, end - memory.buffer.byteLength) / PAGE));

    const bytes = new Uint8Array(memory.buffer);
    const integers = new Int32Array(memory.buffer);
    bytes.set(scanClasses().subarray(0, 128), exports.ascii.value as number);
    new Uint16Array(memory.buffer).set(blocks, blocksPlace / 2);
    bytes.set(classes, classesPlace);
    integers.set(byteIds, byteIdsPlace / 4);
    integers.set(products, productsPlace / 4);
    integers.set(pairs, arenaPlace / 4);
    exports.setRule(
      ['gpt2', 'words', 'cased'].indexOf(rule.style),
      ['none', 'small', 'ascii', 'folded'].indexOf(rule.contractions),
      Math.min(rule.digits, 2 ** 31 - 1),
      rule.marks,
      rule.slashes,
      rule.wholeTail,
    );
    exports.setPlaces(
      blocksPlace,
      classesPlace,
      byteRanksPlace,
      byteIdsPlace,
      productsPlace,
      pairKeysPlace,
      pairRanksPlace,
      pairSlots,
      filterPlace,
      filterBits,
    );
    exports.addMerges(arenaPlace, products.length);
    bytes.fill(0, arenaPlace, arenaPlace + pairs.byteLength);
    exports.setCache(cachePlace, SMALLEST_CACHE, LARGEST_CACHE, arenaPlace, end, pinsPlace, outputPlace);
    for (const [piece, id] of pinned) {
      if (piece.length > (exports.longest.value as number)) continue;
      bytes.set(piece, textPlace);
      exports.pin(textPlace, piece.length, id);
    }
    this.#textPlace = textPlace;
    this.#text = bytes.subarray(textPlace, textPlace + TEXT_BYTES);
    this.#output = integers.subarray(outputPlace / 4, outputPlace / 4 + TEXT_BYTES);
    const report = (exports.report.value as number) / 4;
    this.#report = integers.subarray(report, report + 2);
  }

  /**
   * The kernel of a model; undefined where there is no WebAssembly, a page's policy forbids it, or there is not enough memory.
   */
  static of(model: KernelModel): BytePairKernel | undefined {
    if (typeof WebAssembly === 'undefined' || model.pinned.length > LARGEST_CACHE / 16) return undefined;
    try {
      compiled ??= new WebAssembly.Module(
        Uint8Array.from(atob(BYTE_PAIR_KERNEL), (character) => character.charCodeAt(0)),
      );
      const { exports } = new WebAssembly.Instance(compiled, {});
      return new BytePairKernel(exports as unknown as KernelExports, model);
    } catch (error) {
      if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /**
   * Appends the ids of a text.
   *
   * @param text       well-formed Unicode, or with lone surrogates, which count as U+FFFD
   * @param encodeLong appends the ids of a piece that is too long for the kernel
   */
  encode(text: string, output: IdBuffer, encodeLong: (piece: string) => void): void {
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
        read = this.#scanner(text, start);
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
}

let compiled: WebAssembly.Module | undefined;

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
/** Slots of the cache of pieces: at least, and at most (four times as many, several times). */
const SMALLEST_CACHE = 2 ** 13;
const LARGEST_CACHE = 2 ** 17;
/** For pieces of more than eight bytes or several ids. */
const ARENA_BYTES = 12 * 2 ** 20;

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(64, atLeast)));
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

let packedClasses: { blocks: Uint16Array; classes: Uint8Array } | undefined;

/** The classes of all code points in blocks of 128, equal ones once: which block, and the blocks. */
function classBlocks(): { blocks: Uint16Array; classes: Uint8Array } {
  if (packedClasses) return packedClasses;
  const table = scanClasses();
  const blocks = new Uint16Array(table.length / BLOCK);
  const numbers = new Map<string, number>();
  const parts: Uint8Array[] = [];
  for (let index = 0; index < blocks.length; index++) {
    const part = table.subarray(index * BLOCK, (index + 1) * BLOCK);
    const key = String.fromCharCode(...part);
    let number = numbers.get(key);
    if (number === undefined) {
      number = parts.length;
      numbers.set(key, number);
      parts.push(part);
    }
    blocks[index] = number;
  }
  const classes = new Uint8Array(parts.length * BLOCK);
  for (const [index, part] of parts.entries()) classes.set(part, index * BLOCK);
  packedClasses = { blocks, classes };
  return packedClasses;
}

const BLOCK = 128;
