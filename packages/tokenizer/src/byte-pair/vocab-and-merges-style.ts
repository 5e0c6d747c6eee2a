import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { ReplaceDecoder } from '../decoders/replace.ts';
import { SequenceDecoder } from '../decoders/sequence.ts';
import { LowercaseNormalizer } from '../normalizers/lowercase.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { ReplaceNormalizer } from '../normalizers/replace.ts';
import { SequenceNormalizer } from '../normalizers/sequence.ts';
import { UnicodeFormNormalizer } from '../normalizers/unicode-form.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';
import { LiteralPattern } from '../text-pattern.ts';

/** Whose vocab.json and merges.txt it is: GPT-2's and RoBERTa's, Qwen 2's, or CLIP's, whose words end in `</w>`. */
export type VocabAndMergesStyle = 'gpt2' | 'qwen2' | 'clip';

/** What belongs to a style beside vocabulary and merges. */
export interface StyleParts {
  readonly normalizer?: Normalizer;
  readonly preTokenizer: PreTokenizer;
  readonly decoder: Decoder;
  readonly endOfWordSuffix?: string;
}

/** The parts of each style, made when they are asked for. */
export const styleParts: Readonly<Record<VocabAndMergesStyle, () => StyleParts>> = {
  gpt2: () => ({
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    decoder: new ByteLevelDecoder(),
  }),
  qwen2: () => ({
    normalizer: new UnicodeFormNormalizer('NFC'),
    preTokenizer: new SequencePreTokenizer([
      new SplitPreTokenizer(new RegexPattern(QWEN2_PATTERN)),
      new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
    ]),
    decoder: new ByteLevelDecoder(),
  }),
  clip: () => ({
    normalizer: new SequenceNormalizer([
      new UnicodeFormNormalizer('NFC'),
      new ReplaceNormalizer(new RegexPattern('\\s+'), ' '),
      new LowercaseNormalizer(),
    ]),
    preTokenizer: new SequencePreTokenizer([
      new SplitPreTokenizer(new RegexPattern(CLIP_PATTERN), { behavior: 'Removed', invert: true }),
      new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    ]),
    // The end of a word is a space; what follows reads bytes, of which the space is written as Ġ.
    decoder: new SequenceDecoder([
      new ReplaceDecoder(new LiteralPattern('</w>'), 'Ġ'),
      new ByteLevelDecoder(),
    ]),
    endOfWordSuffix: '</w>',
  }),
};

const QWEN2_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const CLIP_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
