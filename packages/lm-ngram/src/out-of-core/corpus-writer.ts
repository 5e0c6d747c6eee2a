import { describeValue } from '../describe-value.ts';
import { NgramVocabulary, RESERVED_WORDS, SENTENCE_END, SENTENCE_START } from '../vocabulary.ts';
import type { BlockWriter } from './block-file.ts';

/** Takes the texts of a corpus one after the other, and writes their ids: 0 after each text, and each id one more than in the vocabulary. */
export class CorpusWriter {
  readonly #file: BlockWriter<Uint32Array>;
  readonly #ids: Map<string, number>;
  readonly #vocabulary: NgramVocabulary | undefined;
  readonly #boundaries: boolean;
  #text = 0;
  #place = 0;
  #tokens = 0;

  constructor(
    file: BlockWriter<Uint32Array>,
    { vocabulary, boundaries }: { vocabulary: NgramVocabulary | undefined; boundaries: boolean },
  ) {
    this.#file = file;
    this.#vocabulary = vocabulary;
    this.#boundaries = boundaries;
    this.#ids = new Map((vocabulary?.words ?? RESERVED_WORDS).map((word, id) => [word, id]));
  }

  /** Words so far, `<s>` and `</s>` included. */
  get tokenCount(): number {
    return this.#tokens;
  }

  get textCount(): number {
    return this.#text;
  }

  begin(): void {
    this.#place = 0;
    if (this.#boundaries) this.#push(SENTENCE_START);
  }

  word(word: string): void {
    let id = this.#ids.get(word);
    if (id === undefined) {
      id = this.#vocabulary ? 0 : this.#ids.size;
      if (!this.#vocabulary) this.#ids.set(ownText(word), id);
    }
    if (this.#boundaries && (id === SENTENCE_START || id === SENTENCE_END)) this.#refuse(word);
    this.#push(id);
    this.#place++;
  }

  /** A word by its id in the vocabulary. */
  id(id: number): void {
    const isReserved = this.#boundaries && (id === SENTENCE_START || id === SENTENCE_END);
    if (!(id >= 0 && id < this.#ids.size) || !Number.isInteger(id) || isReserved) this.#refuse(id);
    this.#push(id);
    this.#place++;
  }

  end(): void {
    if (this.#boundaries) this.#push(SENTENCE_END);
    this.#file.push(0);
    this.#text++;
  }

  /** The words that came, or those of the vocabulary that was given. */
  vocabulary(): NgramVocabulary {
    return this.#vocabulary ?? new NgramVocabulary([...this.#ids.keys()]);
  }

  #push(id: number): void {
    this.#file.push(id + 1);
    this.#tokens++;
  }

  #refuse(value: string | number): never {
    const expected = typeof value === 'number' ? `ids from 0 to ${this.#ids.size - 1}` : 'words';
    const others = this.#boundaries ? ' other than <s> and </s>' : '';
    throw new RangeError(
      `trainNgramsOutOfCore: texts must hold ${expected}${others}, got ${describeValue(value)} at ${this.#place} of text ${this.#text}.`,
    );
  }
}

/**
 * A text with characters of its own. Engines keep a part of a longer text as a view of it, and a word would keep the whole block of the file that it
 * was first seen in.
 */
function ownText(word: string): string {
  const units = Array.from({ length: word.length }, (_, index) => word.charCodeAt(index));
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(...units.slice(at, at + UNITS_AT_ONCE));
  }
  return text;
}

const UNITS_AT_ONCE = 8192;
