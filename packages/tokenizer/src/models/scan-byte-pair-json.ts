import { largestVocabSize } from './read-vocab.ts';
import { TokenIndex, type TokenUnits } from './token-units.ts';
import { UnitVocabulary } from './unit-vocabulary.ts';

/** What {@link scanBytePairJson} has read of a tokenizer.json. */
export interface ScannedBytePairJson {
  /** The file with an empty vocabulary and no merges. */
  readonly rest: string;
  readonly vocabulary: UnitVocabulary;
  /** Ids of what merges merge: left, right, left, right, …, first merge first. */
  readonly pairs: Int32Array;
  /** The id of the token that each merge makes. */
  readonly products: Int32Array;
}

/**
 * Reads the vocabulary and the merges of a BPE model straight from the text of a tokenizer.json, without a string or an object for each of
 * hundreds of thousands of tokens and merges, which take JSON.parse and what comes after it most of the time of loading.
 *
 * It knows what such files look like, and nothing else.
 *
 * @returns undefined for any file that is not quite like that, as all with something wrong in them are, which is to be read the other way
 */
export function scanBytePairJson(text: string): ScannedBytePairJson | undefined {
  try {
    return new BytePairScanner(text).file();
  } catch (error) {
    if (error instanceof UnlikeOthers) return undefined;
    throw error;
  }
}

/** The file is not quite as the scanner knows them. */
class UnlikeOthers extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

class BytePairScanner {
  readonly #text: string;
  #at = 0;
  /** Code units of tokens; those of the merge at hand. */
  #units = new Uint16Array(1 << 16);
  #length = 0;
  #vocabulary: Place | undefined;
  #merges: Place | undefined;
  #tokens: TokenUnits | undefined;
  #index: TokenIndex | undefined;
  #pairs = new Int32Array(1 << 12);
  #products = new Int32Array(1 << 11);
  #mergeCount = 0;

  constructor(text: string) {
    this.#text = text;
    // A byte order mark is allowed.
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  file(): ScannedBytePairJson {
    this.#object((key) => {
      if (key === 'model') this.#model();
      else this.#skip();
    });
    const [vocabulary, merges] = [this.#vocabulary, this.#merges];
    if (!vocabulary || !merges || !this.#tokens || !this.#index) throw new UnlikeOthers();
    const text = this.#text;
    return {
      rest: `${text.slice(0, vocabulary.start)}{}${text.slice(vocabulary.end, merges.start)}[]${text.slice(merges.end)}`,
      vocabulary: new UnitVocabulary(this.#tokens, this.#index),
      pairs: this.#pairs.slice(0, 2 * this.#mergeCount),
      products: this.#products.slice(0, this.#mergeCount),
    };
  }

  #model(): void {
    if (this.#vocabulary) throw new UnlikeOthers();
    let type = '';
    this.#object((key) => {
      this.#space();
      const start = this.#at;
      if (key === 'vocab') this.#readVocabulary();
      else if (key === 'merges') this.#readMerges();
      else this.#skip();
      const value = this.#text.slice(start, Math.min(this.#at, start + 8));
      if (key === 'type') type = value;
      if (key === 'continuing_subword_prefix' && value !== 'null' && value !== '""') throw new UnlikeOthers();
    });
    if (type !== '"BPE"') throw new UnlikeOthers();
  }

  #readVocabulary(): void {
    if (this.#vocabulary) throw new UnlikeOthers();
    const start = this.#at;
    let starts = new Int32Array(1 << 12);
    let ends = new Int32Array(1 << 12);
    let size = 0;
    this.#list(OPEN_OBJECT, CLOSE_OBJECT, () => {
      const from = this.#length;
      this.#string();
      this.#expect(COLON);
      const id = this.#id();
      if (id >= starts.length) {
        starts = grown(starts, id + 1);
        ends = grown(ends, id + 1);
      }
      if (ends[id] !== 0 || this.#length === from) throw new UnlikeOthers();
      starts[id] = from;
      ends[id] = this.#length;
      size = Math.max(size, id + 1);
    });
    this.#vocabulary = { start, end: this.#at };
    const tokens = {
      units: this.#units.slice(0, this.#length),
      starts: starts.slice(0, size),
      ends: ends.slice(0, size),
    };
    this.#tokens = tokens;
    this.#index = new TokenIndex(tokens);
    for (let id = 0; id < size; id++) {
      if (tokens.ends[id] !== 0 && this.#index.add(id) >= 0) throw new UnlikeOthers();
    }
  }

  #readMerges(): void {
    const index = this.#index;
    if (!index || this.#merges) throw new UnlikeOthers();
    const start = this.#at;
    this.#list(OPEN_ARRAY, CLOSE_ARRAY, () => {
      const middle = this.#merge();
      const end = this.#length;
      const units = this.#units;
      const left = index.find(units, 0, middle);
      const right = index.find(units, middle, end);
      const product = index.find(units, 0, end);
      if (left < 0 || right < 0 || product < 0) throw new UnlikeOthers();
      const count = this.#mergeCount++;
      if (count === this.#products.length) {
        this.#products = grown(this.#products, count + 1);
        this.#pairs = grown(this.#pairs, 2 * count + 2);
      }
      this.#pairs[2 * count] = left;
      this.#pairs[2 * count + 1] = right;
      this.#products[count] = product;
    });
    this.#merges = { start, end: this.#at };
  }

  /** Reads `"a b"` or `["a", "b"]` as `ab`; returns where `b` begins. */
  #merge(): number {
    this.#length = 0;
    this.#space();
    if (this.#text.charCodeAt(this.#at) === OPEN_ARRAY) {
      this.#at++;
      this.#string();
      const middle = this.#length;
      this.#expect(COMMA);
      this.#string();
      this.#expect(CLOSE_ARRAY);
      return middle;
    }
    this.#string();
    const units = this.#units;
    const middle = units.subarray(0, this.#length).indexOf(SPACE);
    if (middle < 0 || units.subarray(middle + 1, this.#length).includes(SPACE)) throw new UnlikeOthers();
    units.copyWithin(middle, middle + 1, this.#length--);
    return middle;
  }

  /** Goes through the fields of an object. */
  #object(visit: (key: string) => void): void {
    this.#list(OPEN_OBJECT, CLOSE_OBJECT, () => {
      this.#expect(QUOTE);
      const start = this.#at;
      this.#at = this.#stringEnd(start);
      const key = this.#text.slice(start, this.#at - 1);
      if (key.includes('\\')) throw new UnlikeOthers();
      this.#expect(COLON);
      visit(key);
    });
  }

  #list(open: number, close: number, visit: () => void): void {
    this.#expect(open);
    if (this.#next(close)) return;
    do visit();
    while (this.#next(COMMA));
    this.#expect(close);
  }

  /** Goes past a value. Whether it is one is for JSON.parse to say. */
  #skip(): void {
    const text = this.#text;
    let depth = 0;
    for (let at = this.#at; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = this.#stringEnd(at + 1) - 1;
      else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
      else if (depth > 0 && (code === CLOSE_OBJECT || code === CLOSE_ARRAY)) depth--;
      else if (depth === 0 && (code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY)) {
        this.#at = at;
        return;
      }
    }
    throw new UnlikeOthers();
  }

  /** Where the string whose text starts at `at` ends, behind its quote. */
  #stringEnd(at: number): number {
    const text = this.#text;
    for (let end = at; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === BACKSLASH) end++;
      else if (code === QUOTE) return end + 1;
    }
    throw new UnlikeOthers();
  }

  /** Appends the code units of a string. */
  #string(): void {
    this.#expect(QUOTE);
    const text = this.#text;
    let length = this.#length;
    for (;;) {
      let code = text.charCodeAt(this.#at++);
      if (code === QUOTE) break;
      // Control characters, and the end of the text.
      if (!(code >= 0x20)) throw new UnlikeOthers();
      if (code === BACKSLASH) code = this.#escaped();
      if (length === this.#units.length) {
        const larger = new Uint16Array(length * 2);
        larger.set(this.#units);
        this.#units = larger;
      }
      this.#units[length++] = code;
    }
    this.#length = length;
  }

  /** The code unit that a backslash and what follows it stand for. */
  #escaped(): number {
    const letter = this.#text[this.#at++]!;
    const code = ESCAPES.get(letter);
    if (code !== undefined) return code;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (letter !== 'u' || !/^[\da-f]{4}$/i.test(digits)) throw new UnlikeOthers();
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }

  #id(): number {
    this.#space();
    const start = this.#at;
    let id = 0;
    for (; ; this.#at++) {
      const digit = this.#text.charCodeAt(this.#at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      id = id * 10 + digit;
      if (id >= largestVocabSize) throw new UnlikeOthers();
    }
    const digits = this.#at - start;
    if (digits === 0 || (digits > 1 && this.#text[start] === '0')) throw new UnlikeOthers();
    return id;
  }

  #expect(code: number): void {
    if (!this.#next(code)) throw new UnlikeOthers();
  }

  /** Goes past a character, if it is the next one. */
  #next(code: number): boolean {
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }
}

/** A stretch of the text. */
interface Place {
  readonly start: number;
  readonly end: number;
}

const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['"', QUOTE],
  ['\\', BACKSLASH],
  ['/', 0x2f],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

function grown(array: Int32Array, atLeast: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, atLeast));
  larger.set(array);
  return larger;
}
