import type { IdBuffer } from '../id-buffer.ts';
import type { WordPieceModelJson } from '../tokenizer-json.ts';
import { Trie } from '../trie.ts';
import type { Model } from './model.ts';
import type { TokenSpans } from './token-spans.ts';
import type { Vocabulary } from './vocabulary.ts';
import { unknownWordError } from './word-level.ts';

export interface WordPieceOptions {
  /** The token of words that cannot be cut into tokens (default `[UNK]`). */
  readonly unknownToken?: string;
  /** What tokens that do not begin a word begin with in the vocabulary (default `##`). */
  readonly continuingSubwordPrefix?: string;
  /** Words of more characters are the unknown token (default 100). */
  readonly maxInputCharsPerWord?: number;
}

/**
 * WordPiece: the longest token that the word begins with, then the longest continuing token that the rest begins with, and
 * so on; a word that cannot be cut up so to its end is one unknown token.
 *
 * @see Schuster and Nakajima 2012; Devlin et al. 2019 (BERT), tokenization.py
 */
export class WordPieceModel implements Model {
  readonly type = 'WordPiece';
  readonly isRandom = false;
  readonly vocabSize: number;
  readonly tokenCount: number;
  readonly unknownToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
  readonly #vocabulary: Vocabulary;
  readonly #unknownId: number | undefined;
  readonly #trie: Trie;
  readonly #hidden: ReadonlySet<number> | undefined;
  /** The node below which the continuing tokens are. */
  readonly #continuing: number;
  readonly #spans: number[] = [];

  /**
   * @param hidden ids of tokens that are in the vocabulary, but not found in text
   * @param trie   the vocabulary's, where whoever makes the model has it already
   */
  constructor(
    vocabulary: Vocabulary,
    {
      unknownToken = '[UNK]',
      continuingSubwordPrefix = '##',
      maxInputCharsPerWord = 100,
    }: WordPieceOptions = {},
    hidden?: ReadonlySet<number>,
    trie: Trie = trieOf(vocabulary),
  ) {
    this.#vocabulary = vocabulary;
    this.vocabSize = vocabulary.size;
    this.tokenCount = vocabulary.count;
    this.unknownToken = unknownToken;
    this.continuingSubwordPrefix = continuingSubwordPrefix;
    this.maxInputCharsPerWord = maxInputCharsPerWord;
    this.#unknownId = vocabulary.idOf(unknownToken);
    this.#hidden = hidden;
    this.#trie = trie;
    let node = 0;
    for (let index = 0; index < continuingSubwordPrefix.length && node >= 0; index++) {
      node = this.#trie.child(node, continuingSubwordPrefix.charCodeAt(index));
    }
    this.#continuing = node;
  }

  idOf(token: string): number | undefined {
    return this.#vocabulary.idOf(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#vocabulary.tokenOf(id);
  }

  encode(word: string, output: IdBuffer): void {
    const spans = this.#cut(word);
    for (let index = 0; index < spans.length; index += 2) output.push(spans[index]!);
  }

  encodeSpans(word: string, output: TokenSpans): void {
    const spans = this.#cut(word);
    let start = 0;
    for (let index = 0; index < spans.length; index += 2) {
      const end = spans[index + 1]!;
      output.push(spans[index]!, start, end);
      start = end;
    }
  }

  /** The model for text that must not name these tokens: words that hold them are cut in another way, or are unknown. */
  withHidden(ids: Iterable<number>): WordPieceModel {
    const hidden = new Set(ids);
    return hidden.size === 0 ? this : new WordPieceModel(this.#vocabulary, this, hidden, this.#trie);
  }

  toJSON(): WordPieceModelJson {
    return {
      type: 'WordPiece',
      unk_token: this.unknownToken,
      continuing_subword_prefix: this.continuingSubwordPrefix,
      max_input_chars_per_word: this.maxInputCharsPerWord,
      vocab: this.#vocabulary.toJSON(),
    };
  }

  /** Id and end of each token of the word, alternating; valid until the next call. */
  #cut(word: string): readonly number[] {
    const trie = this.#trie;
    const spans = this.#spans;
    const hidden = this.#hidden;
    spans.length = 0;
    let start = 0;
    while (start < word.length) {
      let node = start === 0 ? 0 : this.#continuing;
      let id = -1;
      let end = start;
      for (let index = start; index < word.length && node >= 0; index++) {
        node = trie.child(node, word.charCodeAt(index));
        const value = node < 0 ? -1 : trie.valueAt(node);
        if (value >= 0 && !hidden?.has(value)) {
          id = value;
          end = index + 1;
        }
      }
      if (id < 0) break;
      spans.push(id, end);
      start = end;
    }
    if (start < word.length || exceeds(word, this.maxInputCharsPerWord)) {
      if (this.#unknownId === undefined) throw unknownWordError(word, this.unknownToken);
      spans.length = 0;
      spans.push(this.#unknownId, word.length);
    }
    return spans;
  }
}

function trieOf(vocabulary: Vocabulary): Trie {
  const trie = new Trie();
  for (const [token, id] of vocabulary.entries()) trie.set(token, id);
  return trie;
}

/** Whether a text has more than `limit` characters. */
function exceeds(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  let count = 0;
  for (const _ of text) if (++count > limit) return true;
  return false;
}
