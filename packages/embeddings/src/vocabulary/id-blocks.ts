/** Ids in a block of sentences, at the most: words, and the ends of sentences. */
export const BLOCK_IDS = 10_240;
/** Words in a sentence; longer ones are cut. */
export const SENTENCE_WORDS = 10_000;

/**
 * Packs ids of words into blocks of whole sentences.
 *
 * A sentence ends with a negative id: ~n, where n is its number in the corpus, from 0.
 */
export class IdBlocks {
  readonly #ids = new Int32Array(BLOCK_IDS);
  #length = 0;
  /** Where the sentence begins that is being packed. */
  #start = 0;
  readonly #full: Int32Array[] = [];

  /** @param mark the end of the sentence, should it be cut here */
  push(id: number, mark = -1): void {
    if (this.#length - this.#start === SENTENCE_WORDS) this.endSentence(mark);
    // Room for the end of the sentence is kept.
    if (this.#length === BLOCK_IDS - 1) this.#flush(this.#start);
    this.#ids[this.#length++] = id;
  }

  /** A sentence without words leaves nothing. */
  endSentence(mark = -1): void {
    if (this.#length > this.#start) this.#ids[this.#length++] = mark;
    this.#start = this.#length;
    if (this.#length === BLOCK_IDS) this.#flush(this.#length);
  }

  /** Blocks that are full, which are given away. */
  takeFull(): Int32Array[] {
    return this.#full.splice(0);
  }

  /** All that is left. */
  takeRest(): Int32Array[] {
    this.endSentence();
    this.#flush(this.#length);
    return this.takeFull();
  }

  #flush(end: number): void {
    if (end > 0) this.#full.push(this.#ids.slice(0, end));
    this.#ids.copyWithin(0, end, this.#length);
    this.#length -= end;
    this.#start -= end;
  }
}

/** Words in a block. */
export function countWords(block: Int32Array): number {
  let words = 0;
  for (const id of block) if (id >= 0) words++;
  return words;
}
