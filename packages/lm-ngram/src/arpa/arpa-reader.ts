import { buildTrie, DuplicateNgramError } from '../build-trie.ts';
import { describeValue } from '../describe-value.ts';
import { GrowingArray } from '../growing-array.ts';
import { NgramModel } from '../ngram-model.ts';
import { NgramVocabulary, RESERVED_WORDS, UNKNOWN } from '../vocabulary.ts';

/** Options of {@link readArpa}. */
export interface ReadArpaOptions {
  /** How errors call the file (default `ARPA file`). */
  readonly source?: string;
  /** The logarithm to base 10 of an unknown word's probability, where the file has no `<unk>` (default −100). */
  readonly unknownLogProbability?: number;
}

/** What stands for probability 0 in ARPA files. */
const ZERO = -99;

/**
 * Reads a model in the ARPA format.
 *
 * Takes what KenLM, SRILM and others write: Windows line ends, back-offs left out, no `<unk>`, n-grams in any order, and n-grams whose
 * beginning is missing.
 *
 * @param text the file, or its parts one after the other
 * @throws {SyntaxError} if the file is broken; the message names the line
 */
export function readArpa(text: string | Iterable<string>, options: ReadArpaOptions = {}): NgramModel {
  const reader = new ArpaReader('readArpa', options);
  for (const part of typeof text === 'string' ? [text] : text) reader.push(part);
  return reader.end();
}

/** As {@link readArpa}, for parts that arrive over time, such as a file's or a download's. */
export async function readArpaStream(
  parts: AsyncIterable<string>,
  options: ReadArpaOptions = {},
): Promise<NgramModel> {
  const reader = new ArpaReader('readArpaStream', options);
  for await (const part of parts) reader.push(part);
  return reader.end();
}

interface Section {
  readonly order: number;
  readonly expected: number;
  readonly words: GrowingArray<Int32Array>;
  readonly logProbabilities: GrowingArray<Float32Array>;
  readonly logBackoffs: GrowingArray<Float32Array>;
  /** The line of the first entry. */
  firstLine: number;
}

class ArpaReader {
  readonly #caller: string;
  readonly #source: string;
  readonly #unknownLogProbability: number;
  /** What is left of the last part: the beginning of a line. */
  #rest = '';
  #line = 0;
  #place: 'before' | 'data' | 'ngrams' | 'after' = 'before';
  readonly #sections: Section[] = [];
  #section: Section | undefined;
  readonly #ids = new Map(RESERVED_WORDS.map((word, id) => [word, id]));
  /** Whether the file has the unigram, by id. */
  readonly #isThere: boolean[] = [];

  constructor(caller: string, { source = 'ARPA file', unknownLogProbability = -100 }: ReadArpaOptions) {
    this.#caller = caller;
    this.#source = source;
    this.#unknownLogProbability = unknownLogProbability;
  }

  push(part: string): void {
    const text = this.#rest + part;
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      if (end < 0) break;
      this.#read(text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
  }

  end(): NgramModel {
    if (this.#rest !== '') this.#read(this.#rest.replace(/\r$/, ''));
    if (this.#place === 'before') throw this.#wrong('the file must have a line \\data\\, but it has none');
    if (this.#place !== 'after') throw this.#wrong('the file must end with \\end\\, but it stops');
    return this.#build();
  }

  #read(line: string): void {
    this.#line++;
    if (this.#place === 'ngrams' && line !== '' && line[0] !== '\\') this.#readEntry(line);
    else if (this.#place !== 'after' && line.trim() !== '') this.#readHeader(line.trim());
  }

  #readHeader(line: string): void {
    if (this.#place === 'before') {
      if (line.replace(/^\ufeff/, '') === '\\data\\') this.#place = 'data';
      return; // what stands before is a comment
    }
    const count = /^ngram\s+(\d+)\s*=\s*(\d+)$/.exec(line);
    if (count && this.#place === 'data') {
      const order = Number(count[1]);
      if (order !== this.#sections.length + 1) {
        throw this.#wrong(`expected "ngram ${this.#sections.length + 1}=…", got ${describeValue(line)}`);
      }
      this.#sections.push({
        order,
        expected: Number(count[2]),
        words: new GrowingArray(new Int32Array(0)),
        logProbabilities: new GrowingArray(new Float32Array(0)),
        logBackoffs: new GrowingArray(new Float32Array(0)),
        firstLine: 0,
      });
      return;
    }
    this.#endSection();
    const next = (this.#section?.order ?? 0) + 1;
    if (line === `\\${next}-grams:` && this.#sections[next - 1]) {
      this.#place = 'ngrams';
      this.#section = this.#sections[next - 1]!;
      this.#section.firstLine = this.#line + 1;
      return;
    }
    if (line === '\\end\\' && next > this.#sections.length && next > 1) {
      this.#place = 'after';
      return;
    }
    const expected = this.#sections[next - 1] ? `"\\${next}-grams:"` : next > 1 ? '"\\end\\"' : '"ngram 1=…"';
    throw this.#wrong(`expected ${expected}, got ${describeValue(line)}`);
  }

  #endSection(): void {
    const section = this.#section;
    if (!section) return;
    const count = section.logProbabilities.length;
    if (count !== section.expected) {
      throw this.#wrong(
        `there must be ${section.expected} n-grams of order ${section.order}, as \\data\\ says, got ${count}`,
      );
    }
  }

  #readEntry(line: string): void {
    const section = this.#section!;
    const { order } = section;
    const fields = line.split(SEPARATOR);
    if (fields[fields.length - 1] === '') fields.pop();
    if (fields.length !== order + 1 && fields.length !== order + 2) {
      throw this.#wrong(
        `an n-gram of order ${order} must be a number, ${order} words and, maybe, a number, got ${describeValue(line)}`,
      );
    }
    const logProbability = this.#number(fields[0]!);
    if (logProbability > 0) {
      throw this.#wrong(`a logarithm of a probability must be at most 0, got ${describeValue(fields[0])}`);
    }
    for (let index = 1; index <= order; index++) section.words.push(this.#idOf(fields[index]!, order));
    section.logProbabilities.push(logProbability);
    section.logBackoffs.push(fields.length > order + 1 ? this.#number(fields[order + 1]!) : 0);
  }

  #idOf(word: string, order: number): number {
    let id = this.#ids.get(word);
    if (id === undefined) {
      // Some write it in capitals.
      if (word === '<UNK>') return this.#idOf('<unk>', order);
      if (order > 1) throw this.#wrong(`the word ${describeValue(word)} must be among the unigrams`);
      id = this.#ids.size;
      this.#ids.set(word, id);
    }
    if (order === 1) {
      if (this.#isThere[id]) throw this.#wrong(`the unigram ${describeValue(word)} is there twice`);
      this.#isThere[id] = true;
    } else if (!this.#isThere[id]) {
      throw this.#wrong(`the word ${describeValue(word)} must be among the unigrams`);
    }
    return id;
  }

  #number(field: string): number {
    const number = Number(field);
    if (!Number.isNaN(number)) return number;
    if (/^-inf(inity)?$/i.test(field)) return -Infinity;
    throw this.#wrong(`expected a number, got ${describeValue(field)}`);
  }

  #build(): NgramModel {
    const vocabulary = new NgramVocabulary([...this.#ids.keys()]);
    const lists = this.#sections.slice(1).map(({ words }) => words.numbers);
    const { trie, entries } = this.#buildTrie(vocabulary.size, lists);
    const logProbabilities = new Float32Array(trie.nodeCount);
    const logBackoffs = new Float32Array(trie.contextCount);
    logProbabilities.fill(ZERO, 1, RESERVED_WORDS.length + 1);
    logProbabilities[UNKNOWN + 1] = this.#unknownLogProbability;
    const unigrams = this.#sections[0]!;
    for (const [entry, word] of unigrams.words.numbers.entries()) {
      logProbabilities[word + 1] = unigrams.logProbabilities.numbers[entry]!;
      if (trie.order > 1) logBackoffs[word + 1] = unigrams.logBackoffs.numbers[entry]!;
    }
    const { parents } = trie;
    for (let level = 2; level <= trie.order; level++) {
      const probabilities = this.#sections[level - 1]!.logProbabilities.numbers;
      const backoffs = this.#sections[level - 1]!.logBackoffs.numbers;
      for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
        const entry = entries[node]!;
        if (entry >= 0) {
          logProbabilities[node] = probabilities[entry]!;
          if (level < trie.order) logBackoffs[node] = backoffs[entry]!;
        } else {
          logProbabilities[node] = backedOff(trie, parents[node]!, node, logProbabilities, logBackoffs);
        }
      }
    }
    return new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs });
  }

  #buildTrie(vocabSize: number, lists: readonly Int32Array[]) {
    try {
      return buildTrie(vocabSize, lists);
    } catch (error) {
      if (!(error instanceof DuplicateNgramError)) throw error;
      const { order, entry } = error;
      const words = [...this.#ids.keys()];
      const ngram = [...lists[order - 2]!.subarray(entry * order, (entry + 1) * order)].map(
        (id) => words[id],
      );
      throw new SyntaxError(
        `${this.#caller}: ${this.#source}: the n-gram ${describeValue(ngram.join(' '))} is there twice.`,
      );
    }
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`${this.#caller}: ${this.#source}, line ${this.#line}: ${what}.`);
  }
}

/** Blanks of other scripts may be part of words. */
const SEPARATOR = /[ \t]+/;

/** The probability of a node that the file leaves out, from shorter n-grams. */
function backedOff(
  trie: NgramModel['trie'],
  parent: number,
  node: number,
  logProbabilities: Float32Array,
  logBackoffs: Float32Array,
): number {
  let sum = 0;
  let context = parent;
  let shorter: number;
  do {
    sum += logBackoffs[context]!;
    context = trie.suffixOf(context);
    shorter = trie.child(context, trie.words[node]!);
  } while (shorter < 0);
  return sum + logProbabilities[shorter]!;
}
