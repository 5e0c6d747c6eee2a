import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { pieceEnd } from '../byte-pair/pre-tokenize.ts';
import { NormalizedText } from '../normalized-text.ts';
import { toByteAlphabet } from '../normalizers/byte-level.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import type { WordTable } from './word-table.ts';

/** The parts of a tokenizer that make words of a text. */
export interface WordParts {
  /** Rewrites each text first (default: texts stay as they are). */
  readonly normalizer?: Normalizer | undefined;
  /** Cuts each text into words (default: a text is one word). */
  readonly preTokenizer?: PreTokenizer | undefined;
}

/**
 * Cuts texts into words and adds them to a table. It can stop at any word, when the table is full, and go on.
 *
 * A byte-level pre-tokenizer at the end only cuts here: its words are counted as the text they stand for, half as long, and
 * written in the byte alphabet when they are read, once each.
 */
export class WordFeed {
  readonly #normalizer: Normalizer | undefined;
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #byteLevel: ByteLevelPreTokenizer | undefined;
  #stretches: readonly NormalizedText[] = [];
  #stretch = 0;
  /** Where the next word begins in the stretch. */
  #position = 0;
  /** Words added to the table so far, by all texts. */
  wordCount = 0;

  constructor({ normalizer, preTokenizer }: WordParts) {
    const parts = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts : [preTokenizer];
    const last = parts.at(-1);
    this.#normalizer = normalizer;
    this.#byteLevel = last instanceof ByteLevelPreTokenizer ? last : undefined;
    this.#preTokenizer = this.#byteLevel ? allBut(parts as PreTokenizer[]) : preTokenizer;
  }

  /** The next text, once all words of the last one are in the table. */
  start(text: string): void {
    let stretch = NormalizedText.of(text, false);
    if (this.#normalizer) stretch = this.#normalizer.normalize(stretch);
    this.#stretch = 0;
    this.#position = 0;
    if (!this.#preTokenizer) {
      this.#stretches = [stretch];
      return;
    }
    const stretches: NormalizedText[] = [];
    this.#preTokenizer.split(stretch, stretches);
    this.#stretches = stretches;
  }

  /** Adds words of the text to the table until all are in it (true) or it is full (false). */
  fill(table: WordTable): boolean {
    const stretches = this.#stretches;
    for (; this.#stretch < stretches.length; this.#stretch++) {
      const { text } = stretches[this.#stretch]!;
      if (text === '') continue;
      if (this.#byteLevel) {
        if (!this.#fillByteLevel(text, this.#byteLevel, table)) return false;
      } else {
        if (!table.add(text, 0, text.length)) return false;
        this.wordCount++;
      }
    }
    return true;
  }

  #fillByteLevel(
    text: string,
    { addPrefixSpace, useRegex }: ByteLevelPreTokenizer,
    table: WordTable,
  ): boolean {
    const stretch = addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
    for (let start = this.#position; start < stretch.length; ) {
      const end = useRegex ? pieceEnd(stretch, start) : stretch.length;
      if (!table.add(stretch, start, end)) {
        this.#position = start;
        return false;
      }
      this.wordCount++;
      start = end;
    }
    this.#position = 0;
    return true;
  }
}

/** How a counted word is spelled in the end: see {@link WordFeed}. */
export function wordSpelling({ preTokenizer }: WordParts): (word: string) => string {
  const last = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts.at(-1) : preTokenizer;
  if (!(last instanceof ByteLevelPreTokenizer)) return (word) => word;
  const { characters } = createByteAlphabet();
  return (word) => toByteAlphabet(NormalizedText.of(word, false), characters).text;
}

function allBut(parts: readonly PreTokenizer[]): PreTokenizer | undefined {
  return parts.length > 1 ? new SequencePreTokenizer(parts.slice(0, -1)) : undefined;
}
