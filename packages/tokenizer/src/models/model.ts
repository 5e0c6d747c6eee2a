import type { IdBuffer } from '../id-buffer.ts';
import type { RandomSource } from '../random-source.ts';
import type { ModelJson } from '../tokenizer-json.ts';
import type { TokenSpans } from './token-spans.ts';

/**
 * The part of a tokenizer that holds the vocabulary and cuts words into tokens.
 *
 * A word is what the normalizer and the pre-tokenizer have made of a stretch of text: never empty, without lone surrogates.
 * Both encoding methods must find the same tokens.
 */
export interface Model {
  /** The model's name in tokenizer.json. */
  readonly type: 'BPE' | 'WordPiece' | 'WordLevel' | 'Unigram';
  /** One more than the largest id. */
  readonly vocabSize: number;
  /** How many tokens there are; fewer than `vocabSize` where ids are left out. */
  readonly tokenCount: number;
  /** The id of a token, by its text in the vocabulary. */
  idOf(token: string): number | undefined;
  /** The text of a token in the vocabulary; undefined if no token has the id. */
  tokenOf(id: number): string | undefined;
  /**
   * Appends the ids of a word's tokens.
   *
   * @param random where models that draw (BPE dropout, Unigram sampling) draw from
   * @throws {RangeError} if the word has no tokens and the vocabulary no unknown token
   */
  encode(word: string, output: IdBuffer, random: RandomSource): void;
  /** The same, with the place of each token in the word. */
  encodeSpans(word: string, output: TokenSpans, random: RandomSource): void;
  /** Whether equal words may get different tokens, because the model draws; such words are not kept in a cache. */
  readonly isRandom: boolean;
  /** The `model` of tokenizer.json. */
  toJSON(): ModelJson;
}
