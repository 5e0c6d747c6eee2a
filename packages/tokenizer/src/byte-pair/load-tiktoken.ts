import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { describeValue } from '../describe-value.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { Tokenizer } from '../tokenizer.ts';
import { createByteAlphabet, tokenBytes } from './byte-alphabet.ts';
import { BytePairKernel } from './kernel/byte-pair-kernel.ts';
import { RankVocabulary } from './rank-vocabulary.ts';
import { readRanks, type TokenBytes } from './read-ranks.ts';
import { lastPairOf, recoverMerges } from './recover-merges.ts';
import { GPT2_PATTERN, toOniguruma } from './split-patterns.ts';
import type { TiktokenEncoding } from './tiktoken-encodings.ts';
import { TokenIndex } from './token-index.ts';

export interface LoadTiktokenOptions extends Partial<TiktokenEncoding> {
  /**
   * What cuts text into pieces, a regular expression in Oniguruma's syntax or one of those that tiktoken has published.
   * {@link tiktokenEncodings} has it and the special tokens of OpenAI's encodings.
   */
  readonly pattern: string;
  /** Ids of the special tokens by their text (default none). */
  readonly specialTokens?: Readonly<Record<string, number>>;
  /** What errors call the file (default `ranks`). */
  readonly source?: string;
}

/**
 * Reads the ranks that tiktoken's tokenizers come as (`cl100k_base.tiktoken`), or Llama 3's `tokenizer.model`: a line for each token, with
 * its bytes in base 64 and its rank.
 *
 * The tokenizer gives the ids that tiktoken gives; so does Hugging Face with its `toJSON()`, whose merges are recovered from the ranks.
 *
 * @param ranks the file's text or bytes
 * @throws {TypeError} if `ranks` is neither, or the pattern is no string
 * @throws {RangeError} if a line is malformed, a byte has no token, or a token or id comes twice; the message names it
 * @throws {SyntaxError} if the pattern is no regular expression, or uses what is not supported
 * @example
 * const ranks = await readFile('o200k_base.tiktoken');
 * const tokenizer = loadTiktoken(ranks, tiktokenEncodings.o200k_base);
 */
export function loadTiktoken(
  ranks: string | Uint8Array,
  { pattern, specialTokens = {}, source = 'ranks' }: LoadTiktokenOptions,
): Tokenizer {
  const caller = 'loadTiktoken';
  if (typeof ranks !== 'string' && !(ranks instanceof Uint8Array)) {
    throw new TypeError(`${caller}: ranks must be text or bytes, got ${describeValue(ranks)}.`);
  }
  if (typeof pattern !== 'string') {
    throw new TypeError(
      `${caller}: pattern must be a regular expression, got ${describeValue(pattern)}. tiktokenEncodings has those of OpenAI.`,
    );
  }
  const tokens = readRanks(ranks, caller, source);
  const byteIds = findBytes(tokens, `${caller}: ${source}`);
  const index = indexTokens(tokens, `${caller}: ${source}`);
  checkSpecialTokens(specialTokens, tokens, index, caller, source);
  const vocabulary = new RankVocabulary(tokens, index, specialTokens);
  const lastPair = lastPairOf(tokens, index);
  const alphabet = createByteAlphabet();
  const inKernel = BytePairKernel.ofRanks(
    tokens,
    byteIds,
    lastPair,
    Object.entries(specialTokens).map(([content, id]) => [tokenBytes(content, alphabet), id]),
  );
  const { pairs, products } = inKernel?.merges ?? recoverMerges(tokens, byteIds, lastPair);
  const translated = toOniguruma(pattern);
  return new Tokenizer({
    model: new BytePairModel(vocabulary, pairs, products, { ignoreMerges: true }, inKernel?.kernel),
    preTokenizer:
      translated === GPT2_PATTERN
        ? new ByteLevelPreTokenizer({ addPrefixSpace: false })
        : new SequencePreTokenizer([
            // What the pattern leaves out has no tokens in tiktoken.
            new SplitPreTokenizer(new RegexPattern(translated), { behavior: 'Removed', invert: true }),
            new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
          ]),
    decoder: new ByteLevelDecoder(),
    addedTokens: Object.entries(specialTokens).map(([content, id]) => ({ id, content, special: true })),
  });
}

/** Ids of the 256 bytes. */
function findBytes({ bytes, starts, ends }: TokenBytes, place: string): Int32Array {
  const ids = new Int32Array(256).fill(-1);
  for (let id = 0; id < starts.length; id++) {
    if (ends[id]! - starts[id]! === 1) ids[bytes[starts[id]!]!] = id;
  }
  const missing = ids.indexOf(-1);
  if (missing < 0) return ids;
  throw new RangeError(
    `${place} must have a token for each byte (byte 0x${missing.toString(16).padStart(2, '0')} has none).`,
  );
}

function indexTokens(tokens: TokenBytes, place: string): TokenIndex {
  const index = new TokenIndex(tokens);
  for (let id = 0; id < tokens.starts.length; id++) {
    if (tokens.starts[id] === tokens.ends[id]) continue;
    const same = index.add(id);
    if (same < 0) continue;
    const { characters } = createByteAlphabet();
    const text = Array.from(
      tokens.bytes.subarray(tokens.starts[id], tokens.ends[id]),
      (byte) => characters[byte]!,
    );
    throw new RangeError(
      `${place} must name each token once, got ${describeValue(text.join(''))} as ${same} and ${id}.`,
    );
  }
  return index;
}

function checkSpecialTokens(
  specialTokens: Readonly<Record<string, number>>,
  { starts, ends }: TokenBytes,
  index: TokenIndex,
  caller: string,
  source: string,
): void {
  const alphabet = createByteAlphabet();
  const owners = new Set<number>();
  for (const [content, id] of Object.entries(specialTokens)) {
    const isId = Number.isInteger(id) && id >= 0 && id < largestVocabSize;
    if (!isId || ends[id]! > starts[id]! || owners.has(id)) {
      throw new RangeError(
        `${caller}: specialTokens must have ids from 0 to ${largestVocabSize - 1} that no rank has, got ${describeValue(id)} for ${describeValue(content)}.`,
      );
    }
    owners.add(id);
    const isInAlphabet = [...content].every((character) => alphabet.bytes.has(character));
    const same = isInAlphabet ? index.find(tokenBytes(content, alphabet)) : -1;
    if (same >= 0) {
      throw new RangeError(
        `${caller}: ${source} must name each token once, got ${describeValue(content)} as ${same} and ${id}.`,
      );
    }
  }
}
