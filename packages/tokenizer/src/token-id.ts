import type { Encoding } from './encoding.ts';
import type { StreamingTextDecoder } from './text-decoder.ts';

declare const vocabulary: unique symbol;

/**
 * An id of the vocabulary with a name: a number that does not pass for an id of a vocabulary with another name. Plain numbers pass
 * for ids of any. Without a name, it is a number.
 *
 * It exists for the compiler only.
 *
 * @example
 * const gpt2 = loadTokenizer<'gpt2'>(gpt2Json);
 * const bert = loadTokenizer<'bert'>(bertJson);
 * bert.decode(gpt2.encode('text')); // does not compile
 */
export type TokenId<V extends string = string> = string extends V ? number : number & Branded<V>;

/** Ids of the vocabulary with a name, as encoding gives them. Without a name, an `Int32Array`. */
export type TokenIds<V extends string = string> = string extends V ? Int32Array : BrandedIds<V>;

/** An encoding whose ids are of the vocabulary with a name. */
export type BrandedEncoding<V extends string = string> = string extends V
  ? Encoding
  : Encoding & { readonly ids: TokenIds<V> };

/** A decoder of ids of the vocabulary with a name. */
export type BrandedTextDecoder<V extends string = string> = string extends V
  ? StreamingTextDecoder
  : Omit<StreamingTextDecoder, 'push'> & { push(ids: TokenId<V> | ArrayLike<TokenId<V>>): string };

interface Branded<V extends string> {
  readonly [vocabulary]?: V;
}

interface BrandedIds<V extends string> extends Int32Array, Branded<V> {
  readonly [index: number]: TokenId<V>;
  [Symbol.iterator](): ArrayIterator<TokenId<V>>;
}
