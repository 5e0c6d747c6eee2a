import type { Tokenizer } from '../tokenizer.ts';
import { Pause } from '../word-counts/pause.ts';
import { CorpusCounter, type CountedWord, type TrainingCorpus } from './corpus-counter.ts';
import { MergeTokenizerLearner } from './merge-tokenizer-learner.ts';
import type { TrainingCheckpoint } from './training-checkpoint.ts';
import type { TokenizerLearner, TrainTokenizerEvent } from './training-events.ts';
import { checkTrainingOptions, type TrainTokenizerOptions } from './training-options.ts';
import { UnigramLearner } from './unigram-learner.ts';
import { WordLevelLearner } from './word-level-learner.ts';

/** What `trainTokenizerSteps` takes besides the options of the model. */
export interface TrainTokenizerStepsOptions {
  /** Ends training early, with what was learned until then. */
  readonly signal?: AbortSignal | undefined;
  /** Where an earlier training of BPE or WordPiece ended; the corpus is not read then, as the checkpoint has its words. */
  readonly checkpoint?: TrainingCheckpoint | undefined;
}

/** `trainTokenizer`, for a function whose name errors begin with. */
export function runTraining(
  corpus: TrainingCorpus,
  options: TrainTokenizerOptions,
  caller: string,
): Tokenizer {
  checkTrainingOptions(options, caller);
  const counter = new CorpusCounter(options, caller);
  for (const item of typeof corpus === 'string' ? [corpus] : corpus) exhaust(counter.add(item));
  requireWords(counter, caller);
  const learner = createLearner(counter.words(), options, caller);
  exhaust(learner.steps());
  return learner.tokenizer();
}

/** `trainTokenizerSteps`, for a function whose name errors begin with. */
export async function* runTrainingSteps(
  corpus: TrainingCorpus | AsyncIterable<string | CountedWord>,
  options: TrainTokenizerOptions & TrainTokenizerStepsOptions,
  caller: string,
): AsyncGenerator<TrainTokenizerEvent, void, void> {
  checkTrainingOptions(options, caller);
  const { signal, checkpoint } = options;
  const isAborted = (): boolean => signal?.aborted === true;
  const pause = new Pause();

  let words: Iterable<CountedWord>;
  if (checkpoint) {
    words = checkpoint.words ?? [];
  } else {
    const counter = new CorpusCounter(options, caller);
    counting: for await (const item of typeof corpus === 'string' ? [corpus] : corpus) {
      if (isAborted()) break;
      for (const _ of counter.add(item)) {
        if (isAborted()) break counting;
        if (!pause.isDue()) continue;
        yield { type: 'count-progress', ...counter.size };
        await pause.take();
      }
    }
    yield { type: 'count-end', ...counter.size };
    if (!isAborted()) requireWords(counter, caller);
    words = counter.words();
  }

  const wasCounted = !isAborted();
  const learner = createLearner(words, options, caller, checkpoint);
  if (wasCounted) {
    for (const event of learner.steps()) {
      if (isAborted()) break;
      if (event.type !== 'round-end' && !pause.isDue()) continue;
      yield event;
      await pause.take();
    }
  }
  yield {
    type: 'train-end',
    reason: isAborted() ? 'aborted' : 'finished',
    tokenizer: learner.tokenizer(),
    // A part of the words is nothing to go on from.
    checkpoint: wasCounted || checkpoint ? learner.checkpoint() : undefined,
  };
}

function createLearner(
  words: Iterable<CountedWord>,
  options: TrainTokenizerOptions,
  caller: string,
  checkpoint?: TrainingCheckpoint,
): TokenizerLearner {
  if (options.model === 'bpe' || options.model === 'wordpiece') {
    return new MergeTokenizerLearner(words, options, caller, checkpoint);
  }
  if (checkpoint) {
    throw new RangeError(`${caller}: checkpoint must be given with model "bpe" or "wordpiece" only.`);
  }
  return options.model === 'wordlevel'
    ? new WordLevelLearner(words, options, caller)
    : new UnigramLearner(words, options, caller);
}

/** @throws {RangeError} if nothing was counted */
export function requireWords(counter: CorpusCounter, caller: string): void {
  if (counter.size.wordCount > 0) return;
  throw new RangeError(`${caller}: corpus must hold at least one character, got none.`);
}

/** Runs steps to their end. */
export function exhaust(steps: Iterable<unknown>): void {
  for (const _ of steps);
}
