import { AddedTokens } from '../added-tokens.ts';
import { checkText } from '../check-text.ts';
import type { IdBuffer } from '../id-buffer.ts';
import type { Model } from '../models/model.ts';
import { untrustedModel } from '../models/untrusted-model.ts';
import { NormalizedText } from '../normalized-text.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { createRandomSource } from '../random-source.ts';
import { createSegmentEncoder, type SegmentEncoder } from '../segment-encoder.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { continuedNormalizer } from './normalizer-seams.ts';
import { continuedPreTokenizer } from './pre-tokenizer-seams.ts';
import { TextBoundaries } from './text-boundaries.ts';

/**
 * Encodes a text block by block: the ids of the blocks, one after the other, are those of the text.
 *
 * Blocks end at {@link TextBoundaries}. The first one gets what the tokenizer puts in front of a text, the others do not. Without
 * the tokens of the post-processor, without truncation and padding.
 */
export class BlockEncoder {
  /** Where blocks may end; undefined if nothing is known of that, and a text is one block. */
  readonly boundaries: TextBoundaries | undefined;
  readonly #whole: Tokenizer;
  readonly #addedTokens: AddedTokens;
  readonly #normalizer: Normalizer | undefined;
  /** The same for text that goes on. */
  readonly #continuedNormalizer: Normalizer | undefined;
  readonly #trusted: BlockEncoders;
  /** For text in which special tokens are only text; made at first use. */
  #untrusted: BlockEncoders | undefined;

  private constructor(tokenizer: Tokenizer) {
    this.boundaries = TextBoundaries.of(tokenizer);
    this.#whole = tokenizer.with({ truncation: undefined, padding: undefined, postProcessor: undefined });
    this.#addedTokens = new AddedTokens(tokenizer.addedTokens, tokenizer.normalizer);
    const { normalizer } = tokenizer;
    this.#normalizer = normalizer;
    this.#continuedNormalizer = normalizer && continuedNormalizer(normalizer);
    this.#trusted = blockEncoders(tokenizer, tokenizer.model);
  }

  /** The encoder of a tokenizer, made at first use. */
  static for(tokenizer: Tokenizer): BlockEncoder {
    let encoder = encoders.get(tokenizer);
    if (!encoder) {
      encoder = new BlockEncoder(tokenizer);
      encoders.set(tokenizer, encoder);
    }
    return encoder;
  }

  /** The end of the block that starts at `start`: the first boundary after `length` code units, or the end of the text. */
  blockEnd(text: string, start: number, length: number = BLOCK_LENGTH): number {
    return this.boundaries ? this.boundaries.next(text, start + length) : text.length;
  }

  /**
   * Appends the ids of a block.
   *
   * @param isFirst            whether the text begins with the block
   * @param parseSpecialTokens as for the tokenizer's `encode`
   */
  encode(block: string, isFirst: boolean, parseSpecialTokens: boolean, output: IdBuffer): void {
    if (isFirst) {
      output.append(this.#whole.encode(block, { parseSpecialTokens }));
      return;
    }
    if (block === '') return;
    // The character in front is cut off again: what is left does not begin where a text begins.
    const text = checkText(block, 'encode', 'text');
    const stretch = NormalizedText.of(`\0${text}`, false).slice(1, text.length + 1);
    const segments = this.#addedTokens.split(
      stretch,
      this.#normalizer,
      parseSpecialTokens,
      this.#continuedNormalizer,
    );
    const { encode, encodeContinued } = parseSpecialTokens ? this.#trusted : this.#forUntrusted();
    for (const [index, segment] of segments.entries()) {
      if (segment.id !== undefined) output.push(segment.id);
      else if (index === 0) encodeContinued(segment.text, output, noRandom);
      else encode(segment.text, output, noRandom);
    }
  }

  #forUntrusted(): BlockEncoders {
    if (!this.#untrusted) {
      const { model, specialTokens } = this.#whole;
      const untrusted = untrustedModel(model, specialTokens.values());
      this.#untrusted = untrusted === model ? this.#trusted : blockEncoders(this.#whole, untrusted);
    }
    return this.#untrusted;
  }
}

/** For the stretches of a text, and for what comes first in a text that goes on. */
interface BlockEncoders {
  readonly encode: SegmentEncoder;
  readonly encodeContinued: SegmentEncoder;
}

function blockEncoders({ preTokenizer }: Tokenizer, model: Model): BlockEncoders {
  return {
    encode: createSegmentEncoder(preTokenizer, model),
    encodeContinued: createSegmentEncoder(continuedPreTokenizer(preTokenizer), model),
  };
}

/** The least length of a block, in code units: each costs about as much besides its tokens as some tokens do. */
const BLOCK_LENGTH = 32;

const encoders = new WeakMap<Tokenizer, BlockEncoder>();

/** Models that draw have no boundaries, and so no second block. */
const noRandom = createRandomSource(0);
