import { CL100K_PATTERN, GPT2_PATTERN, O200K_PATTERN } from './split-patterns.ts';

/** What tiktoken has beside the ranks. */
export interface TiktokenEncoding {
  /** What cuts text into pieces, which merges never cross. */
  readonly pattern: string;
  /** Ids of the special tokens by their text. */
  readonly specialTokens: Readonly<Record<string, number>>;
}

/** The encodings that OpenAI has published, but for their ranks. */
export const tiktokenEncodings: Readonly<
  Record<'r50k_base' | 'p50k_base' | 'cl100k_base' | 'o200k_base', TiktokenEncoding>
> = {
  /** GPT-2 and GPT-3. */
  r50k_base: { pattern: GPT2_PATTERN, specialTokens: { '<|endoftext|>': 50256 } },
  /** Codex and text-davinci-003. */
  p50k_base: { pattern: GPT2_PATTERN, specialTokens: { '<|endoftext|>': 50256 } },
  /** GPT-3.5 and GPT-4. */
  cl100k_base: {
    pattern: CL100K_PATTERN,
    specialTokens: {
      '<|endoftext|>': 100257,
      '<|fim_prefix|>': 100258,
      '<|fim_middle|>': 100259,
      '<|fim_suffix|>': 100260,
      '<|endofprompt|>': 100276,
    },
  },
  /** GPT-4o and later. */
  o200k_base: {
    pattern: O200K_PATTERN,
    specialTokens: { '<|endoftext|>': 199999, '<|endofprompt|>': 200018 },
  },
};
