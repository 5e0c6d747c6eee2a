import type { Encoding } from '../encoding.ts';
import type { PostProcessor, PostProcessorJson, SpecialToken } from './post-processor.ts';
import { surround, surroundIds } from './surround.ts';
import { trimOffsets } from './trim-offsets.ts';

export interface RobertaOptions {
  readonly sep: SpecialToken;
  readonly cls: SpecialToken;
  /** Whether the places of tokens leave white space out (default true). */
  readonly trimOffsets?: boolean;
  /** Whether one space at the beginning of a text is not the text's (default true). */
  readonly addPrefixSpace?: boolean;
}

/**
 * `<s> A </s>`, and for pairs `<s> A </s> </s> B </s>`; all type ids are 0.
 *
 * @see Liu et al. 2019 (RoBERTa)
 */
export class RobertaPostProcessor implements PostProcessor {
  readonly type = 'RobertaProcessing';
  readonly sep: SpecialToken;
  readonly cls: SpecialToken;
  readonly trimOffsets: boolean;
  readonly addPrefixSpace: boolean;

  constructor({ sep, cls, trimOffsets: trims = true, addPrefixSpace = true }: RobertaOptions) {
    this.sep = sep;
    this.cls = cls;
    this.trimOffsets = trims;
    this.addPrefixSpace = addPrefixSpace;
  }

  addedCount(isPair: boolean): number {
    return isPair ? 4 : 2;
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    return encodings.map((encoding, index) => {
      const trimmed = this.trimOffsets ? trimOffsets(encoding, this.addPrefixSpace) : encoding;
      const untype = (window: Encoding): Encoding => window.with({ typeIds: new Int32Array(window.length) });
      // As in the reference, windows without special tokens keep their types.
      if (!addSpecialTokens) return untype(trimmed);
      return surround(trimmed.mapWindows(untype), [index === 0 ? this.cls : this.sep], [this.sep], 0);
    });
  }

  processIds(ids: readonly Int32Array[], addSpecialTokens: boolean): readonly Int32Array[] {
    if (!addSpecialTokens) return ids;
    return ids.map((part, index) => surroundIds(part, [index === 0 ? this.cls : this.sep], [this.sep]));
  }

  toJSON(): PostProcessorJson {
    return {
      type: this.type,
      sep: this.sep,
      cls: this.cls,
      trim_offsets: this.trimOffsets,
      add_prefix_space: this.addPrefixSpace,
    };
  }
}
