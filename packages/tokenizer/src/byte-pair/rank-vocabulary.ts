import type { TokenLookup } from '../models/vocabulary.ts';
import { createByteAlphabet } from './byte-alphabet.ts';
import type { TokenBytes } from './read-ranks.ts';
import type { TokenIndex } from './token-index.ts';

/**
 * The vocabulary of ranks: bytes, which are written in the byte alphabet only when their text is asked for.
 *
 * So 200 000 tokens are three arrays and no strings.
 */
export class RankVocabulary implements TokenLookup {
  readonly size: number;
  readonly count: number;
  readonly #tokens: TokenBytes;
  readonly #index: TokenIndex;
  readonly #specialIds: ReadonlyMap<string, number>;
  /** By id: texts of special tokens, and of others once they were asked for. */
  readonly #texts: (string | undefined)[];
  readonly #codes: Uint16Array;
  readonly #bytes: ReadonlyMap<string, number>;

  /** @param specialTokens ids by text, of which no rank has one */
  constructor(tokens: TokenBytes, index: TokenIndex, specialTokens: Readonly<Record<string, number>>) {
    this.#tokens = tokens;
    this.#index = index;
    this.#specialIds = new Map(Object.entries(specialTokens));
    this.size = Math.max(tokens.starts.length, ...Object.values(specialTokens).map((id) => id + 1));
    this.count = index.count + this.#specialIds.size;
    this.#texts = new Array(this.size).fill(undefined);
    for (const [text, id] of this.#specialIds) this.#texts[id] = text;
    const { characters, bytes } = createByteAlphabet();
    this.#codes = Uint16Array.from(characters, (character) => character.charCodeAt(0));
    this.#bytes = bytes;
  }

  idOf(token: string): number | undefined {
    const special = this.#specialIds.get(token);
    if (special !== undefined || token === '') return special;
    const bytes = new Uint8Array(token.length);
    for (let index = 0; index < token.length; index++) {
      const byte = this.#bytes.get(token[index]!);
      if (byte === undefined) return undefined;
      bytes[index] = byte;
    }
    const id = this.#index.find(bytes);
    return id < 0 ? undefined : id;
  }

  tokenOf(id: number): string | undefined {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const { bytes, starts, ends } = this.#tokens;
    if (!(ends[id]! > starts[id]!)) return undefined;
    const codes = this.#codes;
    let text = '';
    for (let at = starts[id]!; at < ends[id]!; at++) text += String.fromCharCode(codes[bytes[at]!]!);
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
    return Object.fromEntries(this.entries());
  }
}
