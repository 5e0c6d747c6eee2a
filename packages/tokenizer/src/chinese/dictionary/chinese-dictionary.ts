import { describeValue } from '../../describe-value.ts';
import { NOTHING, type WordTrie, WordTrieBuilder } from './word-trie.ts';

/** A word with what the dictionary knows of it. */
export interface DictionaryEntry {
  readonly word: string;
  /** How often it was counted in the texts the dictionary was made from; an integer, at least 1. */
  readonly frequency: number;
  /** Its part of speech, such as `n` or `v`; empty if there is none. */
  readonly tag: string;
}

/** What a dictionary is made of, word by word at the same index. */
export interface DictionaryTables {
  /** Its values are indices into the columns. */
  readonly trie: WordTrie;
  readonly frequencies: Float64Array;
  /** Indices into `tagNames`. */
  readonly tags: Uint16Array;
  readonly tagNames: readonly string[];
  /** Words that were taken out, and which are not to be formed of unknown words either. */
  readonly removed: ReadonlySet<string>;
}

/**
 * A Chinese dictionary: words with their frequencies and parts of speech. An immutable value.
 *
 * Words are in a trie, so that all words that begin at a place of a text are found in one walk.
 * `addWords` and `removeWords` make others from it.
 */
export class ChineseDictionary {
  readonly tables: DictionaryTables;
  /** Natural logarithms of the frequencies, by word. */
  readonly logFrequencies: Float64Array;
  /** The sum of all frequencies. */
  readonly total: number;
  /** The number of words. */
  readonly size: number;

  constructor(tables: DictionaryTables) {
    this.tables = tables;
    let total = 0;
    let size = 0;
    for (const frequency of tables.frequencies) {
      total += frequency;
      if (frequency > 0) size++;
    }
    this.total = total;
    this.size = size;
    const { frequencies } = tables;
    const logarithms = new Float64Array(frequencies.length);
    // Most words are rare: a thousand logarithms serve nearly all of them.
    const known = Float64Array.from({ length: 1024 }, (_, frequency) => Math.log(frequency));
    for (let index = 0; index < frequencies.length; index++) {
      const frequency = frequencies[index]!;
      logarithms[index] = frequency < 1024 ? known[frequency]! : Math.log(frequency);
    }
    this.logFrequencies = logarithms;
  }

  has(word: string): boolean {
    return this.indexOf(word) !== NOTHING;
  }

  /** What the dictionary knows of a word, or undefined. */
  get(word: string): DictionaryEntry | undefined {
    const index = this.indexOf(word);
    if (index === NOTHING) return undefined;
    const { frequencies, tags, tagNames } = this.tables;
    return { word, frequency: frequencies[index]!, tag: tagNames[tags[index]!]! };
  }

  /** The index of `text.slice(start, end)` among the words, or −1. */
  indexOf(text: string, start = 0, end: number = text.length): number {
    return this.tables.trie.find(text, start, end);
  }

  /** All words, sorted by code units. */
  *entries(): Generator<DictionaryEntry> {
    const { trie, frequencies, tags, tagNames } = this.tables;
    for (const [word, index] of trie.entries()) {
      yield { word, frequency: frequencies[index]!, tag: tagNames[tags[index]!]! };
    }
  }
}

/**
 * Makes a dictionary of entries in any order; of entries for one word the last counts.
 *
 * @throws {RangeError} if a word is empty or longer than 65535 code units
 */
export function createChineseDictionary(entries: Iterable<DictionaryEntry>): ChineseDictionary {
  const byWord = new Map<string, DictionaryEntry>();
  for (const entry of entries) byWord.set(entry.word, entry);
  return buildDictionary([...byWord.values()].sort(byCodeUnits));
}

/** The order of the words in a dictionary. */
export function byCodeUnits(a: DictionaryEntry, b: DictionaryEntry): number {
  return a.word < b.word ? -1 : 1;
}

/**
 * Makes a dictionary of sorted entries, none for the same word.
 *
 * @throws {RangeError} if a word is empty or too long
 */
export function buildDictionary(
  entries: Iterable<DictionaryEntry>,
  removed: ReadonlySet<string> = new Set(),
  caller = 'createChineseDictionary',
): ChineseDictionary {
  const builder = new WordTrieBuilder();
  const frequencies: number[] = [];
  const tags: number[] = [];
  const tagIndices = new Map<string, number>();
  let before = '';
  let spelling = new Uint16Array(64);
  for (const { word, frequency, tag } of entries) {
    let shared = 0;
    while (shared < before.length && before.charCodeAt(shared) === word.charCodeAt(shared)) shared++;
    if (word.length > spelling.length) spelling = new Uint16Array(word.length * 2);
    for (let place = 0; place < word.length; place++) spelling[place] = word.charCodeAt(place);
    if (!builder.add(shared, spelling, word.length, frequencies.length)) {
      throw new RangeError(
        `${caller}: word must have 1 to 65535 code units, got ${word.length} (${describeValue(word)}).`,
      );
    }
    before = word;
    const tagIndex = tagIndices.get(tag) ?? tagIndices.size;
    tagIndices.set(tag, tagIndex);
    frequencies.push(frequency);
    tags.push(tagIndex);
  }
  return new ChineseDictionary({
    trie: builder.finish(),
    frequencies: Float64Array.from(frequencies),
    tags: Uint16Array.from(tags),
    tagNames: [...tagIndices.keys()],
    removed,
  });
}
