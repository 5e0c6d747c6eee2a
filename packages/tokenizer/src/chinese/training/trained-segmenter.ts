import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { type Piece, piecesAt, requireText, type WordSegmenter, wordsAt } from '../piece.ts';
import { BestTags } from './best-tags.ts';
import { CharacterSequence } from './character-sequence.ts';
import { FeatureExtractor } from './feature-extractor.ts';
import { type SegmentationModel, scoreTags } from './segmentation-model.ts';
import { endsWord, TAGS } from './tags.ts';

/**
 * A segmenter that was learned from segmented text: each character gets the tag Begin, Middle, End or Single, the best
 * sequence of them by the weights of its features.
 *
 * White space is never part of a word: each space character stands alone. Words join to the text.
 */
export class TrainedSegmenter implements WordSegmenter {
  readonly model: SegmentationModel;
  readonly #sequence = new CharacterSequence();
  readonly #extractor: FeatureExtractor;
  readonly #best = new BestTags();
  #scores = new Int32Array(128 * TAGS);
  #ends = new Int32Array(256);
  #count = 0;

  /** @param dictionary the one the model was trained with, or a better one; needed if it was trained with one */
  constructor(model: SegmentationModel, dictionary?: ChineseDictionary) {
    if (model.usesDictionary !== (dictionary !== undefined)) {
      throw new TypeError(
        model.usesDictionary
          ? 'TrainedSegmenter: dictionary must be given, because the model was trained with one.'
          : 'TrainedSegmenter: dictionary must not be given, because the model was trained without one.',
      );
    }
    this.model = model;
    this.#extractor = new FeatureExtractor(dictionary);
  }

  segment(text: string): string[] {
    this.#run(text, 'segment');
    return wordsAt(text, this.#ends.subarray(0, this.#count));
  }

  segmentWithOffsets(text: string): Piece[] {
    this.#run(text, 'segmentWithOffsets');
    return piecesAt(text, this.#ends.subarray(0, this.#count));
  }

  boundaries(text: string): Int32Array {
    this.#run(text, 'boundaries');
    return this.#ends.slice(0, this.#count);
  }

  #run(text: string, caller: string): void {
    requireText(text, caller);
    if (text.length > this.#ends.length) this.#ends = new Int32Array(text.length * 2);
    this.#count = 0;
    for (let index = 0; index < text.length; ) {
      const start = index;
      while (index < text.length && !isSpace(text.charCodeAt(index))) index++;
      if (index > start) this.#segmentStretch(text, start, index);
      else this.#ends[this.#count++] = ++index;
    }
  }

  #segmentStretch(text: string, start: number, end: number): void {
    const sequence = this.#sequence;
    sequence.read(text, start, end);
    const { length } = sequence;
    if (length * TAGS > this.#scores.length) this.#scores = new Int32Array(length * TAGS * 2);
    this.#extractor.extract(text, sequence);
    scoreTags(this.model, this.#extractor.keys, this.#extractor.count, length, this.#scores);
    this.#best.find(this.#scores, this.model.transitions, length);
    for (let index = 0; index < length; index++) {
      if (endsWord(this.#best.tags[index]!)) this.#ends[this.#count++] = sequence.starts[index + 1]!;
    }
  }
}

/** White space as ECMAScript has it. */
export function isSpace(unit: number): boolean {
  if (unit > 0x20 && unit < 0xa0) return false;
  if (unit <= 0x20) return unit === 0x20 || (unit >= 9 && unit <= 13);
  if (unit > 0x3000 && unit !== 0xfeff) return false;
  return /\s/.test(String.fromCharCode(unit));
}
