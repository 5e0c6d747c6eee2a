import type { Encoding } from '../encoding.ts';
import type { PostProcessor, PostProcessorJson } from './post-processor.ts';
import { trimOffsets } from './trim-offsets.ts';

export interface ByteLevelPostProcessorOptions {
  /** Whether one space at the beginning of a text is not the text's (default true). */
  readonly addPrefixSpace?: boolean;
  /** Whether the places of tokens leave white space out (default true). */
  readonly trimOffsets?: boolean;
  /** Kept for the file (default true). */
  readonly useRegex?: boolean;
}

/** Puts no tokens in; trims the places of tokens. */
export class ByteLevelPostProcessor implements PostProcessor {
  readonly type = 'ByteLevel';
  readonly addPrefixSpace: boolean;
  readonly trimOffsets: boolean;
  readonly useRegex: boolean;

  constructor({
    addPrefixSpace = true,
    trimOffsets: trims = true,
    useRegex = true,
  }: ByteLevelPostProcessorOptions = {}) {
    this.addPrefixSpace = addPrefixSpace;
    this.trimOffsets = trims;
    this.useRegex = useRegex;
  }

  addedCount(): number {
    return 0;
  }

  process(encodings: readonly Encoding[]): readonly Encoding[] {
    if (!this.trimOffsets) return encodings;
    return encodings.map((encoding) => trimOffsets(encoding, this.addPrefixSpace));
  }

  processIds(ids: readonly Int32Array[]): readonly Int32Array[] {
    return ids;
  }

  toJSON(): PostProcessorJson {
    return {
      type: this.type,
      add_prefix_space: this.addPrefixSpace,
      trim_offsets: this.trimOffsets,
      use_regex: this.useRegex,
    };
  }
}
