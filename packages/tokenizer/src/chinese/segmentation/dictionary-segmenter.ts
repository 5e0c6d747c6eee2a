import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { NOTHING, ROOT } from '../dictionary/word-trie.ts';
import { type Piece, piecesAt, requireText, type WordSegmenter, wordsAt } from '../piece.ts';
import { BestRoute } from './best-route.ts';
import { ALPHANUMERIC, characterClass, characterLength, HAN, OTHER } from './character-class.ts';
import type { HiddenMarkovModel } from './hidden-markov-model.ts';

/**
 * What is cut.
 *
 * - `default`: each character is in one word; the words join to the text.
 * - `full`: every word of the dictionary that occurs, wherever it overlaps others, and characters that no word covers.
 * - `search`: as `default`, but before a longer word come the words of two and of three characters within it.
 */
export type SegmentationMode = 'default' | 'full' | 'search';

export interface SegmentationOptions {
  /** Default `default`. */
  readonly mode?: SegmentationMode;
  /** Whether runs of single characters are joined to words that the dictionary lacks; default true. */
  readonly unknownWords?: boolean;
}

/** A word with its part of speech: the dictionary's, `m` for digits, `eng` for Latin letters, else `x`. */
export interface TaggedPiece extends Piece {
  readonly tag: string;
}

/**
 * Cuts Chinese text into words by a dictionary and, where single characters would be left, by a model of unknown words.
 *
 * The words are those of jieba 0.42 with the same dictionary and model: the likeliest route through the lattice of dictionary words,
 * then a hidden Markov model on each run of single characters. Time is linear in the text, for a given dictionary: from each character, words
 * are followed as far as the text does.
 *
 * @see Sun Junyi, jieba (github.com/fxsjy/jieba), of which this is an independent implementation
 */
export class DictionarySegmenter implements WordSegmenter {
  readonly dictionary: ChineseDictionary;
  readonly #unknownWords: HiddenMarkovModel | undefined;
  readonly #route = new BestRoute();
  #ends = new Int32Array(256);
  #count = 0;

  /** @param options.unknownWords the model of unknown words; without one, characters that are no words stay single */
  constructor(dictionary: ChineseDictionary, { unknownWords }: { unknownWords?: HiddenMarkovModel } = {}) {
    this.dictionary = dictionary;
    this.#unknownWords = unknownWords;
  }

  /** The same segmenter with another dictionary. */
  withDictionary(dictionary: ChineseDictionary): DictionarySegmenter {
    return new DictionarySegmenter(
      dictionary,
      this.#unknownWords ? { unknownWords: this.#unknownWords } : {},
    );
  }

  /** @returns the words in the order of the text */
  segment(text: string, options: SegmentationOptions = {}): string[] {
    if ((options.mode ?? 'default') === 'default') {
      this.#run(text, 'segment', options.unknownWords ?? true);
      return wordsAt(text, this.#ends.subarray(0, this.#count));
    }
    return this.segmentWithOffsets(text, options).map((piece) => piece.text);
  }

  /** @returns the words and where they stand; in the modes `full` and `search` they overlap */
  segmentWithOffsets(
    text: string,
    { mode = 'default', unknownWords = true }: SegmentationOptions = {},
  ): Piece[] {
    switch (mode) {
      case 'default':
        this.#run(text, 'segmentWithOffsets', unknownWords);
        return piecesAt(text, this.#ends.subarray(0, this.#count));
      case 'search':
        this.#run(text, 'segmentWithOffsets', unknownWords);
        return this.#piecesForSearch(text);
      case 'full':
        requireText(text, 'segmentWithOffsets');
        return this.#allPieces(text);
      default:
        throw new RangeError(
          `segmentWithOffsets: mode must be "default", "full" or "search", got ${JSON.stringify(mode)}.`,
        );
    }
  }

  boundaries(text: string, { unknownWords = true }: Omit<SegmentationOptions, 'mode'> = {}): Int32Array {
    this.#run(text, 'boundaries', unknownWords);
    return this.#ends.slice(0, this.#count);
  }

  /** @returns the words of mode `default` with their parts of speech */
  tag(text: string, { unknownWords = true }: Omit<SegmentationOptions, 'mode'> = {}): TaggedPiece[] {
    this.#run(text, 'tag', unknownWords);
    const { tags, tagNames } = this.dictionary.tables;
    const pieces = new Array<TaggedPiece>(this.#count);
    let start = 0;
    for (let index = 0; index < pieces.length; index++) {
      const end = this.#ends[index]!;
      const word = this.dictionary.indexOf(text, start, end);
      const piece = text.slice(start, end);
      pieces[index] = {
        text: piece,
        start,
        end,
        tag: word === NOTHING ? guessTag(piece) : tagNames[tags[word]!]!,
      };
      start = end;
    }
    return pieces;
  }

  /** Leaves the ends of the words in `#ends`. */
  #run(text: string, caller: string, unknownWords: boolean): void {
    requireText(text, caller);
    if (text.length > this.#ends.length) this.#ends = new Int32Array(text.length * 2);
    this.#count = 0;
    const model = unknownWords ? this.#unknownWords : undefined;
    for (let index = 0; index < text.length; ) {
      const start = index;
      while (index < text.length && characterClass(text, index) !== OTHER)
        index += characterLength(text, index);
      if (index > start) {
        this.#segmentBlock(text, start, index, model);
      } else {
        index +=
          text.charCodeAt(index) === 13 && text.charCodeAt(index + 1) === 10
            ? 2
            : characterLength(text, index);
        this.#ends[this.#count++] = index;
      }
    }
  }

  #segmentBlock(text: string, start: number, end: number, model: HiddenMarkovModel | undefined): void {
    this.#route.find(this.dictionary, text, start, end);
    const { next } = this.#route;
    const ends = this.#ends;
    /** Where the run of single characters before `place` begins. */
    let run = start;
    for (let place = start; place < end; ) {
      const wordEnd = start + next[place - start]!;
      const single = wordEnd - place === characterLength(text, place);
      if (single && (model || characterClass(text, place) === ALPHANUMERIC)) {
        place = wordEnd;
        continue;
      }
      if (run < place) this.#segmentRun(text, run, place, model);
      ends[this.#count++] = wordEnd;
      place = wordEnd;
      run = wordEnd;
    }
    if (run < end) this.#segmentRun(text, run, end, model);
  }

  /** Cuts a run of characters that the route left single. Without a model it consists of ASCII letters and digits. */
  #segmentRun(text: string, start: number, end: number, model: HiddenMarkovModel | undefined): void {
    const ends = this.#ends;
    if (!model || end - start === characterLength(text, start)) {
      ends[this.#count++] = end;
    } else if (this.dictionary.indexOf(text, start, end) !== NOTHING) {
      this.#pushCharacters(text, start, end);
    } else {
      const first = this.#count;
      const last = model.segment(text, start, end, ends, first);
      this.#count = last;
      if (this.dictionary.tables.removed.size > 0) this.#splitRemoved(text, start, first, last);
    }
  }

  /** Words taken out of the dictionary are cut to characters if the model found them again. */
  #splitRemoved(text: string, start: number, first: number, last: number): void {
    const found = this.#ends.slice(first, last);
    this.#count = first;
    let from = start;
    for (const end of found) {
      if (this.dictionary.tables.removed.has(text.slice(from, end))) this.#pushCharacters(text, from, end);
      else this.#ends[this.#count++] = end;
      from = end;
    }
  }

  #pushCharacters(text: string, start: number, end: number): void {
    for (let place = start; place < end; ) {
      place += characterLength(text, place);
      this.#ends[this.#count++] = place;
    }
  }

  #piecesForSearch(text: string): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    const places: number[] = [];
    for (const end of this.#ends.subarray(0, this.#count)) {
      // Only words of three characters or more have others within them.
      if (end - start > 2) {
        places.length = 0;
        for (let place = start; place < end; place += characterLength(text, place)) places.push(place);
        const length = places.length;
        places.push(end);
        for (const size of [2, 3]) {
          for (let index = 0; length > size && index + size <= length; index++) {
            const from = places[index]!;
            const to = places[index + size]!;
            if (this.dictionary.indexOf(text, from, to) !== NOTHING) {
              pieces.push({ text: text.slice(from, to), start: from, end: to });
            }
          }
        }
      }
      pieces.push({ text: text.slice(start, end), start, end });
      start = end;
    }
    return pieces;
  }

  #allPieces(text: string): Piece[] {
    const { trie } = this.dictionary.tables;
    const pieces: Piece[] = [];
    const push = (start: number, end: number): void => {
      pieces.push({ text: text.slice(start, end), start, end });
    };
    /** Up to where words cover the text. */
    let covered = 0;
    for (let index = 0; index < text.length; ) {
      const length = characterLength(text, index);
      if (characterClass(text, index) !== HAN) {
        const end = joinsInFullMode(text, index) ? endOfJoined(text, index) : index + length;
        push(index, end);
        index = end;
        covered = end;
        continue;
      }
      let state: number = ROOT;
      for (let place = index; place < text.length && characterClass(text, place) === HAN; ) {
        const next = place + characterLength(text, place);
        for (; place < next && state !== NOTHING; place++) state = trie.step(state, text.charCodeAt(place));
        if (state === NOTHING) break;
        if (trie.valueAt(state) !== NOTHING) {
          push(index, place);
          covered = Math.max(covered, place);
        }
      }
      index += length;
      if (covered < index) {
        push(index - length, index);
        covered = index;
      }
    }
    return pieces;
  }
}

/** Letters, digits, `+` and `#` stay together in the mode `full`. */
function joinsInFullMode(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return characterClass(text, index) === ALPHANUMERIC || unit === 0x2b || unit === 0x23;
}

function endOfJoined(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && joinsInFullMode(text, end)) end++;
  return end;
}

function guessTag(word: string): string {
  if (word.length === 1 && word.charCodeAt(0) > 0x7f) return 'x';
  const alphanumeric = word.replace(/[^a-zA-Z0-9]/g, '');
  if (alphanumeric === '') return 'x';
  return /^\d+$/.test(alphanumeric) ? 'm' : 'eng';
}
