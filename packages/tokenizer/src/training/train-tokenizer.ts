import type { Tokenizer } from '../tokenizer.ts';
import type { CountedWord, TrainingCorpus } from './corpus-counter.ts';
import { runTraining, runTrainingSteps, type TrainTokenizerStepsOptions } from './run-training.ts';
import type { TrainTokenizerEvent } from './training-events.ts';
import type { TrainTokenizerOptions } from './training-options.ts';

/**
 * Learns a tokenizer from a corpus: BPE, WordPiece, WordLevel or Unigram, over any normalizer and pre-tokenizer.
 *
 * What is learned is what Hugging Face's trainers learn from the same texts and options: merges in the order of their counts, of equals
 * the one with the smaller ids; words in the order of their counts, of equals in the order of code points. (Unigram follows
 * SentencePiece's trainer.) Where the reference's result differs from run to run, this one does not: it depends on the words and their
 * counts alone, not on the order of the corpus.
 *
 * @param corpus a text, texts, or counted words; words do not cross from one text to the next
 * @throws {TypeError} if the corpus holds something else
 * @throws {RangeError} if the corpus has no words, or an option is out of range
 * @example
 * const tokenizer = trainTokenizer('low lower lowest', {
 *   model: 'bpe',
 *   vocabSize: 12,
 *   preTokenizer: new WhitespacePreTokenizer(),
 * });
 * tokenizer.encodeWithOffsets('lower').tokens; // ['low', 'e', 'r']
 */
export function trainTokenizer(corpus: TrainingCorpus, options: TrainTokenizerOptions): Tokenizer {
  return runTraining(corpus, options, 'trainTokenizer');
}

/**
 * `trainTokenizer` in steps, which leaves the event loop free, reports progress a few times a second, reads corpora that arrive
 * in parts (such as files), and can be stopped. Merges can go on from a checkpoint, and end with what they would have without a break.
 *
 * @returns events; the last one is `train-end` and holds the tokenizer
 * @throws as {@link trainTokenizer}; {RangeError} if the checkpoint was made with other options
 * @example
 * for await (const event of trainTokenizerSteps(texts, { model: 'bpe', vocabSize: 32_000, signal })) {
 *   if (event.type === 'train-end' && event.reason === 'aborted') save(JSON.stringify(event.checkpoint));
 * }
 */
export async function* trainTokenizerSteps(
  corpus: TrainingCorpus | AsyncIterable<string | CountedWord>,
  options: TrainTokenizerOptions & TrainTokenizerStepsOptions,
): AsyncGenerator<TrainTokenizerEvent, void, void> {
  yield* runTrainingSteps(corpus, options, 'trainTokenizerSteps');
}
