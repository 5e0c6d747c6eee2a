import { Encoding } from '../encoding.ts';
import type { PostProcessor, PostProcessorJson, SpecialToken } from './post-processor.ts';

/** A part of a template: one of the texts, or special tokens by their name. */
export type TemplatePart =
  | { readonly sequence: 'A' | 'B'; readonly typeId: number }
  | { readonly special: string; readonly typeId: number };

export interface TemplateOptions {
  /** What becomes of a single text, such as `[CLS] A [SEP]`. */
  readonly single: readonly TemplatePart[];
  /** What becomes of a pair. */
  readonly pair: readonly TemplatePart[];
  /** The tokens behind the names. */
  readonly specialTokens: ReadonlyMap<string, readonly SpecialToken[]>;
}

/** Puts special tokens where a template says. */
export class TemplatePostProcessor implements PostProcessor {
  readonly type = 'TemplateProcessing';
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
  readonly specialTokens: ReadonlyMap<string, readonly SpecialToken[]>;

  /** @throws {RangeError} if a template uses a name without tokens, `single` the second text, or `pair` not both */
  constructor({ single, pair, specialTokens }: TemplateOptions) {
    this.single = single;
    this.pair = pair;
    this.specialTokens = specialTokens;
    for (const part of [...single, ...pair]) {
      if ('special' in part && !specialTokens.has(part.special)) {
        throw new RangeError(
          `TemplatePostProcessor: specialTokens must have the tokens of the templates, got none for ${JSON.stringify(part.special)}.`,
        );
      }
    }
    if (single.some((part) => 'sequence' in part && part.sequence === 'B')) {
      throw new RangeError('TemplatePostProcessor: single must use only the sequence "A", got "B".');
    }
    for (const name of ['A', 'B']) {
      if (pair.length > 0 && !pair.some((part) => 'sequence' in part && part.sequence === name)) {
        throw new RangeError(
          `TemplatePostProcessor: pair must use both sequences, got no ${JSON.stringify(name)}.`,
        );
      }
    }
  }

  addedCount(isPair: boolean): number {
    let count = 0;
    for (const part of isPair ? this.pair : this.single) {
      if ('special' in part) count += this.specialTokens.get(part.special)!.length;
    }
    return count;
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    return this.#parts(encodings.length).flatMap((part) => {
      if ('special' in part) {
        return addSpecialTokens ? [Encoding.special(this.specialTokens.get(part.special)!, part.typeId)] : [];
      }
      const encoding = encodings[part.sequence === 'A' ? 0 : 1]!;
      return [encoding.with({ typeIds: new Int32Array(encoding.length).fill(part.typeId) })];
    });
  }

  processIds(ids: readonly Int32Array[], addSpecialTokens: boolean): readonly Int32Array[] {
    return this.#parts(ids.length).flatMap((part) => {
      if ('sequence' in part) return [ids[part.sequence === 'A' ? 0 : 1]!];
      return addSpecialTokens ? [Int32Array.from(this.specialTokens.get(part.special)!, ([, id]) => id)] : [];
    });
  }

  toJSON(): PostProcessorJson {
    return {
      type: this.type,
      single: this.single.map(partJson),
      pair: this.pair.map(partJson),
      special_tokens: Object.fromEntries(
        Array.from(this.specialTokens, ([id, tokens]) => [
          id,
          { id, ids: tokens.map(([, tokenId]) => tokenId), tokens: tokens.map(([token]) => token) },
        ]),
      ),
    };
  }

  #parts(sequenceCount: number): readonly TemplatePart[] {
    if (sequenceCount > 2) {
      throw new RangeError(
        'encode: the post-processor must get one text or two, got the parts that another one made. ' +
          'Use one template, or put it first.',
      );
    }
    return sequenceCount === 2 ? this.pair : this.single;
  }
}

function partJson(part: TemplatePart): unknown {
  return 'sequence' in part
    ? { Sequence: { id: part.sequence, type_id: part.typeId } }
    : { SpecialToken: { id: part.special, type_id: part.typeId } };
}
