import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { ChineseDictionary } from './chinese-dictionary.ts';
import { WordTrieBuilder } from './word-trie.ts';

const MAGIC = 'WLZD';
const VERSION = 1;

/**
 * Reads a dictionary in its compact form.
 *
 * The file lists the characters by their frequency, the tags, and the words in the order of their characters' numbers, each
 * as the part that differs from the word before, its frequency and its tag. The trie is built while it is read.
 *
 * @param bytes what `writeChineseDictionary` returned, or the file of `@wordloom/chinese-dictionary`
 * @param options.source what the bytes are, for errors; default "the dictionary"
 * @throws {RangeError} if the bytes are no such file, naming the byte
 */
export function readChineseDictionary(
  bytes: Uint8Array,
  { source = 'the dictionary' }: { source?: string } = {},
): ChineseDictionary {
  const reader = new ByteReader(bytes, 'readChineseDictionary', source);
  reader.expectHeader(MAGIC, VERSION);
  const unitCount = reader.count(2);
  const unitBytes = reader.bytes(unitCount * 2);
  const units = new Uint16Array(unitCount);
  for (let index = 0; index < unitCount; index++) {
    units[index] = unitBytes[2 * index]! | (unitBytes[2 * index + 1]! << 8);
  }
  if (unitCount > 0xffff || new Set(units).size !== unitCount) {
    throw reader.error('to list each character once', 'repetitions');
  }
  const tagNames: string[] = [];
  for (let rest = reader.count(); rest > 0; rest--) tagNames.push(reader.string());
  const wordCount = reader.count(5);
  const builder = new WordTrieBuilder(wordCount);
  const frequencies = new Float64Array(wordCount);
  const tags = new Uint16Array(wordCount);
  /** The units of the word being read, and before it those of the last one. */
  let spelling = new Uint16Array(64);
  for (let word = 0; word < wordCount; word++) {
    const shared = reader.integer();
    const length = shared + reader.count();
    if (length > spelling.length) {
      if (length > 0xffff) throw reader.error('to hold words below 65 536 characters', String(length));
      const longer = new Uint16Array(length * 2);
      longer.set(spelling);
      spelling = longer;
    }
    for (let index = shared; index < length; index++) {
      const code = reader.integer();
      if (code >= unitCount) throw reader.error('to hold a character it lists', `number ${code}`);
      spelling[index] = units[code]!;
    }
    if (!builder.add(shared, spelling, length, word)) {
      throw reader.error('to hold words in order', `word ${word} out of it`);
    }
    frequencies[word] = reader.integer();
    tags[word] = reader.integer();
    if (frequencies[word] === 0 || tags[word]! >= tagNames.length) {
      throw reader.error(
        'to have a frequency and a tag for each word',
        `${frequencies[word]} and ${tags[word]}`,
      );
    }
  }
  reader.expectEnd();
  return new ChineseDictionary({ trie: builder.finish(), frequencies, tags, tagNames, removed: new Set() });
}

/**
 * The compact form of a dictionary, about 7 bytes a word.
 *
 * Words that were removed are left out; frequencies above 4 294 967 295 are lowered to it.
 */
export function writeChineseDictionary(dictionary: ChineseDictionary): Uint8Array {
  const { trie, frequencies, tags, tagNames } = dictionary.tables;
  const occurrences = new Map<number, number>();
  for (const [word] of trie.entries()) {
    for (let index = 0; index < word.length; index++) {
      const unit = word.charCodeAt(index);
      occurrences.set(unit, (occurrences.get(unit) ?? 0) + 1);
    }
  }
  const units = [...occurrences.keys()].sort((a, b) => occurrences.get(b)! - occurrences.get(a)! || a - b);
  const codes = new Map(units.map((unit, code) => [unit, code]));
  const writer = new ByteWriter();
  writer.header(MAGIC, VERSION);
  writer.integer(units.length);
  for (const unit of units) {
    writer.byte(unit & 0xff);
    writer.byte(unit >> 8);
  }
  writer.integer(tagNames.length);
  for (const name of tagNames) writer.string(name);
  writer.integer(dictionary.size);
  let before = '';
  for (const [word, index] of trie.entries()) {
    let shared = 0;
    while (shared < before.length && before.charCodeAt(shared) === word.charCodeAt(shared)) shared++;
    writer.integer(shared);
    writer.integer(word.length - shared);
    for (let place = shared; place < word.length; place++) writer.integer(codes.get(word.charCodeAt(place))!);
    writer.integer(Math.min(frequencies[index]!, 0xffffffff));
    writer.integer(tags[index]!);
    before = word;
  }
  return writer.finish();
}
