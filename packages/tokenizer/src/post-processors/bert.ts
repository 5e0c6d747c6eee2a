import type { Encoding } from '../encoding.ts';
import type { PostProcessor, PostProcessorJson, SpecialToken } from './post-processor.ts';
import { surround, surroundIds } from './surround.ts';

/**
 * `[CLS] A [SEP]`, and for pairs `[CLS] A [SEP] B [SEP]`.
 *
 * @see Devlin et al. 2019 (BERT), figure 2
 */
export class BertPostProcessor implements PostProcessor {
  readonly type = 'BertProcessing';
  readonly sep: SpecialToken;
  readonly cls: SpecialToken;

  constructor({ sep, cls }: { readonly sep: SpecialToken; readonly cls: SpecialToken }) {
    this.sep = sep;
    this.cls = cls;
  }

  addedCount(isPair: boolean): number {
    return isPair ? 3 : 2;
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    if (!addSpecialTokens) return encodings;
    return encodings.map((encoding, index) =>
      surround(encoding, index === 0 ? [this.cls] : [], [this.sep], index === 0 ? 0 : 1),
    );
  }

  processIds(ids: readonly Int32Array[], addSpecialTokens: boolean): readonly Int32Array[] {
    if (!addSpecialTokens) return ids;
    return ids.map((part, index) => surroundIds(part, index === 0 ? [this.cls] : [], [this.sep]));
  }

  toJSON(): PostProcessorJson {
    return { type: this.type, sep: this.sep, cls: this.cls };
  }
}
