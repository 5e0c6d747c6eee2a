import { type AddedToken, makeSpecialTokens } from '../added-tokens.ts';
import { checkText } from '../check-text.ts';
import { describeValue } from '../describe-value.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { createByteAlphabet } from './byte-alphabet.ts';
import { createBytePairTokenizer } from './byte-pair-tokenizer.ts';
import { PieceCounter } from './count-pieces.ts';
import { MergeLearner } from './merge-learner.ts';
import { writeUtf8 } from './write-utf8.ts';

export interface TrainBytePairOptions {
  /** How many tokens to end with: special tokens, 256 bytes, and as many merges as fit or as the corpus yields. */
  readonly vocabSize: number;
  /** How often a pair must occur to be merged (default 2). */
  readonly minFrequency?: number;
  /** Tokens matched as a whole, such as `<|endoftext|>`; they get the first ids (default none). */
  readonly specialTokens?: readonly string[];
}

export interface TrainBytePairStepsOptions extends TrainBytePairOptions {
  /** Ends training early, with the merges learned so far. */
  readonly signal?: AbortSignal;
}

/** What `trainBytePairSteps` tells: counting the corpus comes first, then merging, then the tokenizer. */
export type TrainBytePairEvent =
  /** Code units and pieces read so far, and how many of the pieces are distinct. */
  | {
      readonly type: 'count-progress' | 'count-end';
      readonly characterCount: number;
      readonly pieceCount: number;
      readonly distinctPieceCount: number;
    }
  /** Tokens so far, tokens asked for, and how often the pair merged last occurred. */
  | {
      readonly type: 'merge-progress';
      readonly vocabSize: number;
      readonly targetVocabSize: number;
      readonly frequency: number;
    }
  | {
      readonly type: 'train-end';
      readonly reason: 'finished' | 'aborted';
      readonly tokenizer: Tokenizer;
    };

/**
 * Learns a byte-level BPE tokenizer, as GPT-2's.
 *
 * The corpus is cut into pieces by GPT-2's pattern, and the most frequent pair of adjacent tokens is merged again and again
 * (of equally frequent pairs, the one with the smaller ids). Vocabulary and merges are those of Hugging Face's `BpeTrainer`
 * with the `ByteLevel` pre-tokenizer and its whole alphabet. The order of the corpus does not matter.
 *
 * @param corpus a text, or several; pieces do not cross from one to the next
 * @throws {RangeError} if the corpus is empty, or `vocabSize` has no room for special tokens and bytes
 * @see Sennrich et al. 2016, algorithm 1
 * @example
 * const tokenizer = trainBytePair('low lower lowest', { vocabSize: 260 });
 * tokenizer.encode('lower'); // Int32Array [257, 68, 81]: low, e, r
 */
export function trainBytePair(corpus: string | Iterable<string>, options: TrainBytePairOptions): Tokenizer {
  const training = new Training(options, 'trainBytePair');
  for (const text of typeof corpus === 'string' ? [corpus] : corpus) exhaust(training.count(text));
  exhaust(training.merge());
  return training.tokenizer();
}

/**
 * `trainBytePair` in steps, which leaves the event loop free, reports progress a few times a second, reads corpora that
 * arrive in parts (such as files), and can be stopped: an abort ends it with the merges learned until then.
 *
 * @returns events; the last one is `train-end` and holds the tokenizer
 * @throws as {@link trainBytePair}
 */
export async function* trainBytePairSteps(
  corpus: string | Iterable<string> | AsyncIterable<string>,
  { signal, ...options }: TrainBytePairStepsOptions,
): AsyncGenerator<TrainBytePairEvent, void, void> {
  const training = new Training(options, 'trainBytePairSteps');
  const pause = new Pause();
  const aborted = () => signal?.aborted === true;

  counting: for await (const text of typeof corpus === 'string' ? [corpus] : corpus) {
    for (const _ of training.count(text)) {
      if (aborted()) break counting;
      if (!pause.isDue()) continue;
      yield { type: 'count-progress', ...training.counted };
      await pause.take();
    }
  }
  yield { type: 'count-end', ...training.counted };
  if (!aborted()) {
    for (const frequency of training.merge()) {
      if (aborted()) break;
      if (!pause.isDue()) continue;
      const { vocabSize } = training;
      yield { type: 'merge-progress', vocabSize, targetVocabSize: options.vocabSize, frequency };
      await pause.take();
    }
  }
  yield { type: 'train-end', reason: aborted() ? 'aborted' : 'finished', tokenizer: training.tokenizer() };
}

/** The state of one training, moved on by its generators in steps short enough to pause between. */
class Training {
  readonly #options: Required<TrainBytePairOptions>;
  readonly #caller: string;
  readonly #counter = new PieceCounter();
  readonly #addedTokens: readonly AddedToken[];
  /** Token text in the byte alphabet, by id. */
  readonly #tokens: string[];
  readonly #ids: Map<string, number>;
  readonly #merges: [left: number, right: number][] = [];

  constructor({ vocabSize, minFrequency = 2, specialTokens = [] }: TrainBytePairOptions, caller: string) {
    this.#options = { vocabSize, minFrequency, specialTokens };
    this.#caller = caller;
    this.#addedTokens = makeSpecialTokens(specialTokens, caller);
    const smallest = 256 + specialTokens.length;
    if (!Number.isInteger(vocabSize) || vocabSize < smallest || vocabSize > largestVocabSize) {
      throw new RangeError(
        `${caller}: vocabSize must be an integer from ${smallest} (256 bytes and ${specialTokens.length} special tokens) ` +
          `to ${largestVocabSize}, got ${describeValue(vocabSize)}.`,
      );
    }
    if (!Number.isInteger(minFrequency) || minFrequency < 1) {
      throw new RangeError(
        `${caller}: minFrequency must be a positive integer, got ${describeValue(minFrequency)}.`,
      );
    }
    const { characters, order } = createByteAlphabet();
    this.#tokens = [...specialTokens, ...order.map((byte) => characters[byte]!)];
    this.#ids = new Map(this.#tokens.map((token, id) => [token, id]));
  }

  get vocabSize(): number {
    return this.#tokens.length;
  }

  get counted(): { characterCount: number; pieceCount: number; distinctPieceCount: number } {
    const { characterCount, pieceCount, counts } = this.#counter;
    return { characterCount, pieceCount, distinctPieceCount: counts.size };
  }

  count(text: string): Generator<void> {
    return this.#counter.add(checkText(text, this.#caller, 'corpus'));
  }

  /** Learns merges until the vocabulary is full or no pair is frequent enough; yields the frequency of each pair merged. */
  *merge(): Generator<number> {
    const { vocabSize, minFrequency } = this.#options;
    if (this.#counter.pieceCount === 0) {
      throw new RangeError(`${this.#caller}: corpus must hold at least one character, got none.`);
    }
    const learner = this.#startLearner();
    while (this.vocabSize < vocabSize) {
      const merge = learner.next(minFrequency);
      if (!merge) return;
      learner.merge(this.#addMerge(merge.left, merge.right));
      yield merge.frequency;
    }
  }

  tokenizer(): Tokenizer {
    return createBytePairTokenizer({
      tokens: this.#tokens,
      merges: this.#merges,
      addedTokens: this.#addedTokens,
    });
  }

  #startLearner(): MergeLearner {
    const { counts } = this.#counter;
    const { characters } = createByteAlphabet();
    const byteIds = characters.map((character) => this.#ids.get(character)!);
    let unitCount = 0;
    for (const piece of counts.keys()) unitCount += piece.length;
    const symbols = new Int32Array(unitCount * 3); // a code unit is at most three bytes of UTF-8
    const lengths = new Int32Array(counts.size);
    let start = 0;
    let index = 0;
    for (const piece of counts.keys()) {
      const length = writeUtf8(piece, symbols.subarray(start));
      for (let at = start; at < start + length; at++) symbols[at] = byteIds[symbols[at]!]!;
      lengths[index++] = length;
      start += length;
    }
    return new MergeLearner(symbols.slice(0, start), lengths, Float64Array.from(counts.values()));
  }

  /** Records a merge; returns the id of its product, which is an older one if another merge already makes the same text. */
  #addMerge(left: number, right: number): number {
    this.#merges.push([left, right]);
    const token = this.#tokens[left]! + this.#tokens[right]!;
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.#ids.set(token, this.#tokens.length);
    return this.#tokens.push(token) - 1;
  }
}

/** Says when work has gone on long enough without letting the event loop run. */
class Pause {
  #last = performance.now();

  isDue(): boolean {
    return performance.now() - this.#last >= INTERVAL;
  }

  async take(): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
  }
}

/** In milliseconds; long enough to cost little, short enough to feel alive. */
const INTERVAL = 50;

function exhaust(steps: Generator<unknown>): void {
  while (!steps.next().done);
}
