import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { type ChineseDictionary, createChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { readChineseDictionary, writeChineseDictionary } from '../dictionary/dictionary-file.ts';

const MAGIC = 'WLZF';
const VERSION = 1;

/** In how many documents of a collection each word occurs. */
export class DocumentFrequencies {
  readonly documentCount: number;
  /** Its frequencies are numbers of documents. */
  readonly words: ChineseDictionary;
  readonly #median: number;

  constructor(words: ChineseDictionary, documentCount: number) {
    this.words = words;
    this.documentCount = documentCount;
    const sorted = words.tables.frequencies.slice().sort();
    // The frequency in the middle, the rarer words first.
    this.#median = Math.log(documentCount / (sorted[(sorted.length - 1) >> 1] ?? 1));
  }

  /** The natural logarithm of all documents over those with the word; for a word in none, the median of all words. */
  inverse(word: string): number {
    const index = this.words.indexOf(word);
    return index < 0 ? this.#median : Math.log(this.documentCount / this.words.tables.frequencies[index]!);
  }
}

/**
 * Counts in how many documents each word occurs.
 *
 * @param documents each as its words
 */
export function countDocumentFrequencies(documents: Iterable<Iterable<string>>): DocumentFrequencies {
  const counts = new Map<string, number>();
  let documentCount = 0;
  for (const words of documents) {
    documentCount++;
    for (const word of new Set(words)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const entries = Array.from(counts, ([word, frequency]) => ({ word, frequency, tag: '' }));
  return new DocumentFrequencies(createChineseDictionary(entries), documentCount);
}

/**
 * Reads document frequencies in their compact form.
 *
 * @param bytes the file of `@wordloom/chinese-dictionary`, or what `writeDocumentFrequencies` returned
 * @throws {RangeError} if the bytes are no such file, naming the byte
 */
export function readDocumentFrequencies(
  bytes: Uint8Array,
  { source = 'the document frequencies' }: { source?: string } = {},
): DocumentFrequencies {
  const reader = new ByteReader(bytes, 'readDocumentFrequencies', source);
  reader.expectHeader(MAGIC, VERSION);
  const documentCount = reader.integer();
  const length = reader.count();
  const words = readChineseDictionary(reader.bytes(length), { source: `the words of ${source}` });
  reader.expectEnd();
  return new DocumentFrequencies(words, documentCount);
}

/** The compact form of document frequencies. */
export function writeDocumentFrequencies({ documentCount, words }: DocumentFrequencies): Uint8Array {
  const writer = new ByteWriter();
  writer.header(MAGIC, VERSION);
  writer.integer(documentCount);
  const bytes = writeChineseDictionary(words);
  writer.integer(bytes.length);
  writer.write(bytes);
  return writer.finish();
}
