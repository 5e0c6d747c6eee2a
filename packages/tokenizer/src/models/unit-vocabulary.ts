import type { TokenIndex, TokenUnits } from './token-units.ts';
import type { TokenLookup } from './vocabulary.ts';

/** A vocabulary of which no string is made before it is asked for: 200 000 tokens are a few arrays. */
export class UnitVocabulary implements TokenLookup {
  readonly size: number;
  readonly count: number;
  readonly tokens: TokenUnits;
  readonly #index: TokenIndex;
  readonly #texts: (string | undefined)[];
  /** The token that is looked for. */
  #wanted = new Uint16Array(32);

  /** @param index of all tokens that are not empty */
  constructor(tokens: TokenUnits, index: TokenIndex) {
    this.tokens = tokens;
    this.size = tokens.starts.length;
    this.count = index.count;
    this.#index = index;
    this.#texts = new Array(this.size);
  }

  idOf(token: string): number | undefined {
    if (token === '') return undefined;
    if (token.length > this.#wanted.length) this.#wanted = new Uint16Array(token.length * 2);
    const units = this.#wanted;
    for (let index = 0; index < token.length; index++) units[index] = token.charCodeAt(index);
    const id = this.#index.find(units, 0, token.length);
    return id < 0 ? undefined : id;
  }

  tokenOf(id: number): string | undefined {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const { units, starts, ends } = this.tokens;
    if (!(ends[id]! > starts[id]!)) return undefined;
    let text = '';
    for (let at = starts[id]!; at < ends[id]!; at++) text += String.fromCharCode(units[at]!);
    this.#texts[id] = text;
    return text;
  }

  *entries(): IterableIterator<[token: string, id: number]> {
    for (let id = 0; id < this.size; id++) {
      const token = this.tokenOf(id);
      if (token !== undefined) yield [token, id];
    }
  }

  toJSON(): Record<string, number> {
    // Object.fromEntries makes own properties, also of a token named `__proto__`.
    return Object.fromEntries(this.entries());
  }
}
