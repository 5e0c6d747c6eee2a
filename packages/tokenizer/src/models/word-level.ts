import type { IdBuffer } from '../id-buffer.ts';
import type { WordLevelModelJson } from '../tokenizer-json.ts';
import type { Model } from './model.ts';
import type { TokenSpans } from './token-spans.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One token per word: a word that is not in the vocabulary is the unknown token. */
export class WordLevelModel implements Model {
  readonly type = 'WordLevel';
  readonly isRandom = false;
  readonly vocabSize: number;
  readonly tokenCount: number;
  readonly unknownToken: string;
  readonly #vocabulary: Vocabulary;
  readonly #unknownId: number | undefined;
  readonly #hidden: ReadonlySet<number>;
  /** Ids of words of one character; made when first asked for. */
  #characterIds: Map<number, number> | undefined;

  /**
   * @param unknownToken the token of all other words; if the vocabulary lacks it, such words are an error
   * @param hidden       ids of tokens that are in the vocabulary, but not found in text
   */
  constructor(vocabulary: Vocabulary, unknownToken: string, hidden: ReadonlySet<number> = new Set()) {
    this.#vocabulary = vocabulary;
    this.vocabSize = vocabulary.size;
    this.tokenCount = vocabulary.count;
    this.unknownToken = unknownToken;
    this.#unknownId = vocabulary.idOf(unknownToken);
    this.#hidden = hidden;
  }

  idOf(token: string): number | undefined {
    return this.#vocabulary.idOf(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#vocabulary.tokenOf(id);
  }

  /** The id of a word of one character; undefined if it and the unknown token have none. */
  characterId(codePoint: number): number | undefined {
    if (!this.#characterIds) {
      this.#characterIds = new Map();
      for (const [token, id] of this.#vocabulary.entries()) {
        const first = token.codePointAt(0);
        if (first !== undefined && token.length === (first > 0xffff ? 2 : 1) && !this.#hidden.has(id))
          this.#characterIds.set(first, id);
      }
    }
    return this.#characterIds.get(codePoint) ?? this.#unknownId;
  }

  encode(word: string, output: IdBuffer): void {
    output.push(this.#wordId(word));
  }

  encodeSpans(word: string, output: TokenSpans): void {
    output.push(this.#wordId(word), 0, word.length);
  }

  /** The model for text that must not name these tokens: they are unknown words in it. */
  withHidden(ids: Iterable<number>): WordLevelModel {
    const hidden = new Set(ids);
    return hidden.size === 0 ? this : new WordLevelModel(this.#vocabulary, this.unknownToken, hidden);
  }

  toJSON(): WordLevelModelJson {
    return { type: 'WordLevel', vocab: this.#vocabulary.toJSON(), unk_token: this.unknownToken };
  }

  #wordId(word: string): number {
    const found = this.#vocabulary.idOf(word);
    const id = found === undefined || this.#hidden.has(found) ? this.#unknownId : found;
    if (id === undefined) throw unknownWordError(word, this.unknownToken);
    return id;
  }
}

/** The error of a word that has no tokens, in a vocabulary whose unknown token is missing. */
export function unknownWordError(word: string, unknownToken: string): RangeError {
  const start = word.length > 20 ? `${word.slice(0, 20)}…` : word;
  return new RangeError(
    `encode: text must hold only words that the vocabulary covers, got ${JSON.stringify(start)}. ` +
      `Add the unknown token ${JSON.stringify(unknownToken)} to the vocabulary.`,
  );
}
