import type { SymbolWords } from '../byte-pair/merge-learner.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { Model } from '../models/model.ts';
import { createRandomSource } from '../random-source.ts';
import { type AlphabetOptions, chooseAlphabet } from './alphabet.ts';
import { compareTexts } from './compare-texts.ts';
import type { CountedWord } from './corpus-counter.ts';
import type { GrowingVocabulary } from './training-tokens.ts';

/** What tokens of characters begin and end with, by their place in the word. */
export interface Affixes {
  /** What tokens that do not begin a word begin with. */
  readonly continuingSubwordPrefix: string;
  /** What tokens that end a word end with. */
  readonly endOfWordSuffix: string;
}

/**
 * The words as symbols, one for each character, and tokens for them: first the alphabet in the order of code points, then its forms with
 * affixes in the same order. (In Hugging Face's trainer the order of these forms differs from run to run.) Characters outside the
 * alphabet are left out, and their neighbors become neighbors, as in the reference.
 */
export function readSymbols(
  words: Iterable<CountedWord>,
  vocabulary: GrowingVocabulary,
  { continuingSubwordPrefix: prefix, endOfWordSuffix: suffix, ...alphabet }: Affixes & AlphabetOptions,
): SymbolWords {
  const list = new SymbolList();
  // Forms of characters by code point and affixes, in the order they are met; they get their ids when all are known.
  const formsByKey = new Map<number, number>();
  const forms: { readonly character: string; readonly token: string; count: number }[] = [];
  for (const [word, count] of words) {
    for (let start = 0; start < word.length; ) {
      const codePoint = word.codePointAt(start)!;
      const end = start + (codePoint > 0xffff ? 2 : 1);
      const isContinuing = start > 0 && prefix !== '';
      const isLast = end === word.length && suffix !== '';
      const key = codePoint * 4 + (isContinuing ? 1 : 0) + (isLast ? 2 : 0);
      let form = formsByKey.get(key);
      if (form === undefined) {
        form = forms.length;
        formsByKey.set(key, form);
        const character = String.fromCodePoint(codePoint);
        const token = (isContinuing ? prefix : '') + character + (isLast ? suffix : '');
        forms.push({ character, token, count: 0 });
      }
      forms[form]!.count += count;
      list.push(form);
      start = end;
    }
    list.endWord(count);
  }

  const characterCounts = new Map<string, number>();
  for (const { character, count } of forms) {
    characterCounts.set(character, (characterCounts.get(character) ?? 0) + count);
  }
  for (const character of chooseAlphabet(characterCounts, alphabet)) vocabulary.add(character);
  const covered = forms.filter(({ character }) => vocabulary.idOf(character) !== undefined);
  for (const token of covered.map(({ token }) => token).sort(compareTexts)) vocabulary.add(token);
  const ids = Int32Array.from(forms, ({ character, token }) =>
    vocabulary.idOf(character) === undefined ? -1 : vocabulary.idOf(token)!,
  );
  const { symbols, lengths, counts } = list.take();
  let read = 0;
  let write = 0;
  for (let word = 0; word < lengths.length; word++) {
    const start = write;
    for (const end = read + lengths[word]!; read < end; read++) {
      const id = ids[symbols[read]!]!;
      if (id >= 0) symbols[write++] = id;
    }
    lengths[word] = write - start;
  }
  return { symbols: symbols.subarray(0, write), lengths, counts, spans: new Int32Array(write).fill(1) };
}

/**
 * The words as symbols, as a model cuts them.
 *
 * @param skippedId the id of unknown words, which are left out
 * @param spanOf    characters of a token, by its id
 */
export function cutSymbols(
  words: Iterable<CountedWord>,
  model: Model,
  skippedId: number | undefined,
  spanOf: (id: number) => number,
): SymbolWords {
  const list = new SymbolList();
  const buffer = new IdBuffer(64);
  const random = createRandomSource(0);
  for (const [word, count] of words) {
    buffer.clear();
    model.encode(word, buffer, random);
    for (const id of buffer.toArray()) if (id !== skippedId) list.push(id);
    list.endWord(count);
  }
  const taken = list.take();
  return { ...taken, spans: taken.symbols.map(spanOf) };
}

/** Symbols of words in typed arrays that grow. */
class SymbolList {
  #symbols = new Int32Array(1 << 12);
  #length = 0;
  #lengths = new Int32Array(1 << 10);
  #counts = new Float64Array(1 << 10);
  #wordCount = 0;
  #wordStart = 0;

  push(symbol: number): void {
    if (this.#length === this.#symbols.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#symbols);
      this.#symbols = larger;
    }
    this.#symbols[this.#length++] = symbol;
  }

  endWord(count: number): void {
    if (this.#wordCount === this.#lengths.length) {
      const lengths = new Int32Array(this.#wordCount * 2);
      lengths.set(this.#lengths);
      this.#lengths = lengths;
      const counts = new Float64Array(this.#wordCount * 2);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    this.#lengths[this.#wordCount] = this.#length - this.#wordStart;
    this.#counts[this.#wordCount++] = count;
    this.#wordStart = this.#length;
  }

  take(): Required<Omit<SymbolWords, 'spans'>> {
    return {
      symbols: this.#symbols.subarray(0, this.#length),
      lengths: this.#lengths.subarray(0, this.#wordCount),
      counts: this.#counts.subarray(0, this.#wordCount),
    };
  }
}
