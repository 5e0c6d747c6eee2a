import type { TokenLookup } from './vocabulary.ts';

/** A vocabulary in which some tokens are not found by their text; their ids still have their texts. */
export class HiddenVocabulary implements TokenLookup {
  readonly size: number;
  readonly count: number;
  /** The vocabulary in which all tokens are found. */
  readonly whole: TokenLookup;
  readonly #hidden: ReadonlySet<number>;

  constructor(whole: TokenLookup, hidden: ReadonlySet<number>) {
    this.whole = whole instanceof HiddenVocabulary ? whole.whole : whole;
    this.size = whole.size;
    this.count = whole.count;
    this.#hidden = hidden;
  }

  idOf(token: string): number | undefined {
    const id = this.whole.idOf(token);
    return id !== undefined && this.#hidden.has(id) ? undefined : id;
  }

  tokenOf(id: number): string | undefined {
    return this.whole.tokenOf(id);
  }

  /** Without the hidden ones. */
  *entries(): IterableIterator<[token: string, id: number]> {
    for (const entry of this.whole.entries()) if (!this.#hidden.has(entry[1])) yield entry;
  }

  toJSON(): Record<string, number> {
    return this.whole.toJSON();
  }
}
