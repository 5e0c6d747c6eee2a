import { checkText } from '../../check-text.ts';
import { describeValue } from '../../describe-value.ts';
import { digamma } from './digamma.ts';
import { prunePieces } from './prune-pieces.ts';
import { byCount, seedPieces, type WordCounts } from './seed-pieces.ts';
import { TrainingPieces } from './training-pieces.ts';
import { type ScoredPiece, UnigramModel } from './unigram-model.ts';
import { WordLattice } from './word-lattice.ts';

/** Options of {@link trainUnigram}. */
export interface TrainUnigramOptions {
  /** How many tokens to end with, special tokens included; fewer if the corpus does not yield them, more if it has more characters. */
  readonly vocabSize: number;
  /** Tokens that get the first ids, the unknown token among them (default `<unk>`). They are not looked for in the corpus. */
  readonly specialTokens?: readonly string[];
  /** The token for characters that the corpus lacks (default `<unk>`); null: such characters are an error. */
  readonly unknownToken?: string | null;
  /** Share of the corpus's characters that must be covered; the rarest ones beyond are unknown (default 1; 0.9995 suits Chinese and Japanese). */
  readonly characterCoverage?: number;
  /** Characters that get a piece even if the corpus lacks them, the first of each text (default none). */
  readonly initialAlphabet?: Iterable<string>;
  /** Characters of the longest piece (default 16). */
  readonly maxPieceLength?: number;
  /** Which substrings of more than one character may be pieces (default: all); to keep letters apart from punctuation, for one. */
  readonly isPiece?: (substring: string) => boolean;
  /** Pieces that training starts with, at most (default 1 000 000). */
  readonly seedSize?: number;
  /** Share of pieces that each round of pruning keeps (default 0.75). */
  readonly shrinkingFactor?: number;
  /** Rounds of expectation and maximization between prunings (default 2). */
  readonly subIterations?: number;
}

/** Options of {@link trainUnigramSteps}. */
export interface TrainUnigramStepsOptions extends TrainUnigramOptions {
  /** Ends training early, with the best pieces until then. */
  readonly signal?: AbortSignal;
}

/** What {@link trainUnigramSteps} tells: seeds, rounds, and at last the model. */
export type TrainUnigramEvent =
  | { readonly type: 'seed-end'; readonly pieceCount: number; readonly wordCount: number }
  /** `logLikelihood`: nats per word of the corpus, before the round's update. */
  | { readonly type: 'round-end'; readonly pieceCount: number; readonly logLikelihood: number }
  | { readonly type: 'train-end'; readonly reason: 'finished' | 'aborted'; readonly model: UnigramModel };

/**
 * Learns a Unigram model: starts with many pieces, fits their probabilities to the corpus, drops those that matter least, and so on until
 * as many are left as asked for. The same words give the same model, in whatever order they come.
 *
 * @param words how often each word occurs, in the form the model will get it: with `▁` for the space before it, for one
 * @throws {RangeError} if there are no words, or an option is out of range
 * @see Kudo 2018, "Subword regularization", §3.2
 * @example
 * const words = new Map([['▁low', 5], ['▁lower', 2], ['▁newest', 6], ['▁widest', 3]]);
 * const model = trainUnigram(words, { vocabSize: 20 });
 */
export function trainUnigram(words: WordCounts, options: TrainUnigramOptions): UnigramModel {
  const training = new UnigramTraining(words, options);
  for (const _ of training.rounds()) {
    // to the end
  }
  return training.model();
}

/**
 * {@link trainUnigram} in steps, which leaves the event loop free between rounds, reports them, and can be stopped.
 *
 * @returns events; the last one is `train-end` and holds the model
 */
export async function* trainUnigramSteps(
  words: WordCounts,
  { signal, ...options }: TrainUnigramStepsOptions,
): AsyncGenerator<TrainUnigramEvent, void, void> {
  const training = new UnigramTraining(words, options);
  yield { type: 'seed-end', pieceCount: training.pieceCount, wordCount: words.size };
  const rounds = training.rounds();
  while (!signal?.aborted) {
    const { done, value } = rounds.next();
    if (done) break;
    yield { type: 'round-end', pieceCount: training.pieceCount, logLikelihood: value };
    await new Promise((resolve) => setTimeout(resolve));
  }
  yield {
    type: 'train-end',
    reason: signal?.aborted ? 'aborted' : 'finished',
    model: training.model(),
  };
}

/** Between prunings there are so many more pieces than asked for, from which the last choice is made. */
const SURPLUS = 1.1;
/** Pieces that are expected less often are dropped. */
const RARE = 0.5;
/** Required characters that were dropped come back with scores below all others, so much apart. */
const SCORE_STEP = 1e-4;

/** The state of one training. @internal */
export class UnigramTraining {
  readonly #options: Required<TrainUnigramOptions>;
  readonly #special: readonly string[];
  /** Without the characters that need not be covered, at which words are cut. */
  readonly #words: WordCounts;
  readonly #characters: WordCounts;
  /** Code units of the words, as often as they occur. */
  readonly #unitCount: number;
  #pieces: TrainingPieces;
  /** Nats by which a code unit makes words less likely, as of the last round. */
  #natsPerUnit = 0;

  constructor(words: WordCounts, options: TrainUnigramOptions) {
    this.#options = withDefaults(options);
    const { specialTokens, unknownToken, characterCoverage } = this.#options;
    const isMissing = unknownToken !== null && !specialTokens.includes(unknownToken);
    this.#special = isMissing ? [...specialTokens, unknownToken] : specialTokens;
    const sorted = sortedWords(words);
    this.#characters = coveredCharacters(sorted, characterCoverage);
    this.#words = cutAtOthers(sorted, this.#characters);
    this.#pieces = TrainingPieces.of(seedPieces(this.#words, this.#characters, this.#options));
    let unitCount = 0;
    for (const [word, count] of this.#words) unitCount += count * word.length;
    this.#unitCount = unitCount;
  }

  get pieceCount(): number {
    return this.#pieces.size;
  }

  /** Fits and prunes; yields the log likelihood per word after each fit. */
  *rounds(): Generator<number, void, void> {
    const { vocabSize, subIterations, shrinkingFactor } = this.#options;
    const wanted = Math.floor(SURPLUS * vocabSize);
    for (;;) {
      for (let round = 0; round < subIterations; round++) yield this.#fit();
      const count = this.#pieces.size;
      if (count <= wanted) return;
      const size = Math.max(wanted, Math.floor(shrinkingFactor * count));
      this.#pieces = prunePieces(this.#pieces, this.#words, size);
      if (this.#pieces.size >= count) return; // what is left must stay
    }
  }

  /** The best pieces, after the special tokens; all characters are among them. */
  model(): UnigramModel {
    const { vocabSize, unknownToken } = this.#options;
    const special = new Set(this.#special);
    const known = new Map([...this.#pieces].filter(([piece]) => !special.has(piece)));
    const smallest = this.#pieces.scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const chosen = new Map<string, number>();
    let missing = 0;
    const required = new Map(this.#characters);
    for (const [character] of Array.from(this.#options.initialAlphabet, (text) => [...text])) {
      if (character !== undefined && !required.has(character)) required.set(character, 0);
    }
    for (const [character] of [...required].sort(byCount)) {
      if (!special.has(character)) {
        chosen.set(character, known.get(character) ?? smallest - SCORE_STEP * ++missing);
      }
    }
    const ranked = [...known].sort(byScore);
    const room = vocabSize - this.#special.length;
    for (const [piece, score] of ranked) {
      if (chosen.size >= room) break;
      chosen.set(piece, score);
    }
    const pieces: ScoredPiece[] = [
      ...this.#special.map((token): ScoredPiece => [token, 0]),
      ...[...chosen].sort(byScore),
    ];
    const unknownId = unknownToken === null ? null : this.#special.indexOf(unknownToken);
    return new UnigramModel(pieces, { unknownId });
  }

  /** One round of expectation and maximization; returns the log likelihood per word before it. */
  #fit(): number {
    const { texts, scores, trie } = this.#pieces;
    const lattice = new WordLattice(trie, texts, scores, this.#natsPerUnit);
    const expected = new Float64Array(texts.length);
    let likelihood = 0;
    let wordCount = 0;
    for (const [word, count] of this.#words) {
      likelihood += count * lattice.addExpected(word, count, expected);
      wordCount += count;
    }
    this.#natsPerUnit = Number.isFinite(likelihood) ? -likelihood / this.#unitCount : 0;
    const kept = new Int32Array(texts.length);
    let keptCount = 0;
    let total = 0;
    for (let id = 0; id < expected.length; id++) {
      if (expected[id]! < RARE) continue;
      total += expected[id]!;
      kept[keptCount++] = id;
    }
    const logTotal = digamma(total);
    const ids = kept.subarray(0, keptCount);
    this.#pieces = this.#pieces.select(
      ids,
      Float64Array.from(ids, (id) => digamma(expected[id]!) - logTotal),
    );
    return likelihood / wordCount;
  }
}

function byScore([a, scoreOfA]: ScoredPiece, [b, scoreOfB]: ScoredPiece): number {
  return scoreOfB - scoreOfA || (a < b ? -1 : 1);
}

/** The words in code unit order, so that sums do not depend on the order in which they come. */
function sortedWords(words: WordCounts): [string, number][] {
  const entries = [...words];
  for (const [word, count] of entries) {
    checkText(word, 'trainUnigram', 'a word');
    if (!(Number.isSafeInteger(count) && count > 0)) {
      throw new RangeError(
        `trainUnigram: the count of ${describeValue(word)} must be a positive integer, got ${describeValue(count)}.`,
      );
    }
  }
  const sorted = entries.filter(([word]) => word.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) throw new RangeError('trainUnigram: words must hold at least one word, got none.');
  return sorted;
}

/** The most frequent characters that make up the share of all characters. */
function coveredCharacters(words: readonly [string, number][], coverage: number): WordCounts {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  const covered = new Map<string, number>();
  let sum = 0;
  for (const [character, count] of [...counts].sort(byCount)) {
    if (coverage < 1 && sum / total >= coverage) break;
    covered.set(character, count);
    sum += count;
  }
  return covered;
}

/** The words, cut where characters are not covered. */
function cutAtOthers(words: readonly [string, number][], covered: WordCounts): WordCounts {
  const parts = new Map<string, number>();
  for (const [word, count] of words) {
    let part = '';
    const end = (): void => {
      if (part) parts.set(part, (parts.get(part) ?? 0) + count);
      part = '';
    };
    for (const character of word) {
      if (covered.has(character)) part += character;
      else end();
    }
    end();
  }
  return parts;
}

function withDefaults(options: TrainUnigramOptions): Required<TrainUnigramOptions> {
  const complete = {
    specialTokens: [],
    unknownToken: '<unk>',
    characterCoverage: 1,
    initialAlphabet: [],
    maxPieceLength: 16,
    isPiece: () => true,
    seedSize: 1_000_000,
    shrinkingFactor: 0.75,
    subIterations: 2,
    ...options,
  };
  for (const name of ['vocabSize', 'maxPieceLength', 'seedSize', 'subIterations'] as const) {
    const value = complete[name];
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new RangeError(`trainUnigram: ${name} must be a positive integer, got ${describeValue(value)}.`);
  }
  for (const name of ['characterCoverage', 'shrinkingFactor'] as const) {
    const value = complete[name];
    if (value > 0 && value <= 1 && (name !== 'shrinkingFactor' || value < 1)) continue;
    throw new RangeError(
      `trainUnigram: ${name} must be above 0 and ${name === 'shrinkingFactor' ? 'below' : 'at most'} 1, got ${describeValue(value)}.`,
    );
  }
  return complete;
}
