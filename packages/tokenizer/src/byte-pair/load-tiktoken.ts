import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { describeValue } from '../describe-value.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { TokenIndex, type TokenUnits } from '../models/token-units.ts';
import { UnitVocabulary } from '../models/unit-vocabulary.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { Tokenizer } from '../tokenizer.ts';
import { createByteAlphabet, tokenBytes } from './byte-alphabet.ts';
import { BytePairKernel } from './kernel/byte-pair-kernel.ts';
import { readRanks, type TokenBytes } from './read-ranks.ts';
import { lastPairOf, recoverMerges } from './recover-merges.ts';
import { GPT2_PATTERN, toOniguruma } from './split-patterns.ts';
import type { TiktokenEncoding } from './tiktoken-encodings.ts';

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
  checkSpecialIds(specialTokens, tokens, caller);
  const units = tokenUnits(tokens, specialTokens);
  const index = indexTokens(units, `${caller}: ${source}`);
  const vocabulary = new UnitVocabulary(units, index);
  const lastPair = lastPairOf(units, index);
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

function checkSpecialIds(
  specialTokens: Readonly<Record<string, number>>,
  { starts, ends }: TokenBytes,
  caller: string,
): void {
  const owners = new Set<number>();
  for (const [content, id] of Object.entries(specialTokens)) {
    const isId = Number.isInteger(id) && id >= 0 && id < largestVocabSize;
    if (!isId || ends[id]! > starts[id]! || owners.has(id)) {
      throw new RangeError(
        `${caller}: specialTokens must have ids from 0 to ${largestVocabSize - 1} that no rank has, got ${describeValue(id)} for ${describeValue(content)}.`,
      );
    }
    owners.add(id);
  }
}

/** The tokens in the byte alphabet, and the special ones as they are. */
function tokenUnits(
  { bytes, starts, ends }: TokenBytes,
  specialTokens: Readonly<Record<string, number>>,
): TokenUnits {
  const special = Object.entries(specialTokens);
  const codes = createByteAlphabet().characters.map((character) => character.charCodeAt(0));
  const size = Math.max(starts.length, ...special.map(([, id]) => id + 1));
  const length = bytes.length + special.reduce((sum, [content]) => sum + content.length, 0);
  const all = { units: new Uint16Array(length), starts: new Int32Array(size), ends: new Int32Array(size) };
  for (let at = 0; at < bytes.length; at++) all.units[at] = codes[bytes[at]!]!;
  all.starts.set(starts);
  all.ends.set(ends);
  let end = bytes.length;
  for (const [content, id] of special) {
    all.starts[id] = end;
    for (let index = 0; index < content.length; index++) all.units[end++] = content.charCodeAt(index);
    all.ends[id] = end;
  }
  return all;
}

function indexTokens(tokens: TokenUnits, place: string): TokenIndex {
  const index = new TokenIndex(tokens);
  const { units, starts, ends } = tokens;
  for (let id = 0; id < starts.length; id++) {
    if (starts[id] === ends[id]) continue;
    const same = index.add(id);
    if (same < 0) continue;
    const text = String.fromCharCode(...units.subarray(starts[id], ends[id]));
    throw new RangeError(
      `${place} must name each token once, got ${describeValue(text)} as ${same} and ${id}.`,
    );
  }
  return index;
}
