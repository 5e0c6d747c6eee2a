import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { pieceEnd } from '../byte-pair/pre-tokenize.ts';
import type { NormalizedText } from '../normalized-text.ts';
import { toByteAlphabet } from '../normalizers/byte-level.ts';
import type { PreTokenizer, PreTokenizerJson } from './pre-tokenizer.ts';

export interface ByteLevelOptions {
  /** Whether a stretch that does not begin with a space gets one (default true). */
  readonly addPrefixSpace?: boolean;
  /** Kept for the file; it matters to post-processors only (default true). */
  readonly trimOffsets?: boolean;
  /** Whether text is cut by GPT-2's pattern (default true). */
  readonly useRegex?: boolean;
}

/**
 * Cuts text by GPT-2's pattern and writes each byte of its UTF-8 as a printable character.
 *
 * @see Radford et al. 2019 (GPT-2), encoder.py
 */
export class ByteLevelPreTokenizer implements PreTokenizer {
  readonly type = 'ByteLevel';
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;
  readonly #alphabet: readonly string[] = createByteAlphabet().characters;

  constructor({ addPrefixSpace = true, trimOffsets = true, useRegex = true }: ByteLevelOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trimOffsets;
    this.useRegex = useRegex;
  }

  split(text: NormalizedText, output: NormalizedText[]): void {
    const prefixed = this.addPrefixSpace && !text.text.startsWith(' ') ? text.prepend(' ') : text;
    for (let start = 0; start < prefixed.length; ) {
      const end = this.useRegex ? pieceEnd(prefixed.text, start) : prefixed.length;
      output.push(toByteAlphabet(prefixed.slice(start, end), this.#alphabet));
      start = end;
    }
  }

  toJSON(): PreTokenizerJson {
    return {
      type: this.type,
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}
