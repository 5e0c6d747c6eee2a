import {
  AdamW,
  bucketBatches,
  bucketLengths,
  cosineSchedule,
  decaysMatrices,
  type EpochBatchSource,
  type Optimizer,
  type Schedule,
  type Seq2SeqExample,
  seq2seqCollator,
} from '@wordloom/nn-core';
import { Seq2Seq } from '../seq2seq/seq2seq.ts';
import type { Seq2SeqRecipe } from './seq2seq-recipes.ts';

/** Anything that turns a text into token ids: a tokenizer. */
export interface TextEncoder {
  encode(text: string): ArrayLike<number>;
}

/** Options of {@link encodePairs}. */
export interface EncodePairsOptions {
  readonly source: TextEncoder;
  readonly target: TextEncoder;
  /** What ends a sequence on both sides. */
  readonly endId: number;
}

/** Pairs of texts as examples, each side with its end. */
export function encodePairs(
  pairs: readonly (readonly [source: string, target: string])[],
  { source, target, endId }: EncodePairsOptions,
): Seq2SeqExample[] {
  return pairs.map(([from, to]) => ({
    source: [...Array.from(source.encode(from)), endId],
    target: [...Array.from(target.encode(to)), endId],
  }));
}

/** Options of {@link prepareSeq2SeqTraining}. */
export interface PrepareSeq2SeqTrainingOptions {
  readonly recipe: Seq2SeqRecipe;
  readonly sourceVocabSize: number;
  readonly targetVocabSize: number;
  /** What fills rows up. */
  readonly padId: number;
  /** What the decoder reads first. */
  readonly startId: number;
  /** Of the first weights, the order of batches and dropout; default 0. */
  readonly seed?: number;
}

/** What `train` needs: `train(setup.model, setup.data, { ...setup, runtime })`. */
export interface Seq2SeqTraining {
  readonly model: Seq2Seq;
  readonly data: EpochBatchSource;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  readonly steps: number;
  readonly seed: number;
  /** Pairs that were left out because they are longer than the recipe allows. */
  readonly skipped: number;
}

/**
 * Builds a recipe's model, data and optimizer. Everything follows from the arguments: the same ones give the same losses.
 *
 * @param examples what is trained on; see {@link encodePairs}
 * @throws {RangeError} if no example is short enough, or the recipe makes no sense
 * @example
 * const recipe = seq2seqRecipes['translate-de-en'];
 * const examples = encodePairs(pairs, { source: german, target: english, endId: 2 });
 * const setup = prepareSeq2SeqTraining(examples, { recipe, sourceVocabSize: 6000, targetVocabSize: 4000, padId: 0, startId: 1 });
 * for await (const event of train(setup.model, setup.data, { ...setup, runtime })) report(event);
 */
export function prepareSeq2SeqTraining(
  examples: readonly Seq2SeqExample[],
  { recipe, sourceVocabSize, targetVocabSize, padId, startId, seed = 0 }: PrepareSeq2SeqTrainingOptions,
): Seq2SeqTraining {
  const { maxLength, tokensPerBatch, bucketCount, epochs, clipNorm } = recipe;
  const lengthOf = ({ source, target }: Seq2SeqExample): number => Math.max(source.length, target.length);
  const kept = examples.filter((example) => lengthOf(example) <= maxLength);
  if (kept.length === 0) {
    throw new RangeError(
      `prepareSeq2SeqTraining: examples must have some of at most ${maxLength} tokens, got none of ${examples.length}.`,
    );
  }
  const lengths = kept.map(lengthOf);
  const buckets = bucketLengths(lengths, { count: bucketCount, multipleOf: 4 });
  const collate = seq2seqCollator({
    padId,
    decoderStartId: startId,
    source: { buckets },
    target: { buckets },
  });
  const data = bucketBatches(kept, { lengths, buckets, tokenBudget: tokensPerBatch, collate, seed });
  const steps = stepsOf(data, epochs);
  const model = new Seq2Seq({ ...recipe.model, sourceVocabSize, targetVocabSize }, { seed });
  const { learningRate, warmupSteps, weightDecay } = recipe.optimizer;
  const optimizer = new AdamW(model.namedParameters(), {
    learningRate,
    weightDecay,
    beta2: 0.98,
    decays: decaysMatrices,
  });
  const schedule = cosineSchedule({
    peak: learningRate,
    floor: learningRate / 100,
    warmupSteps: Math.min(warmupSteps, Math.floor(steps / 4)),
    decaySteps: steps,
  });
  return { model, data, optimizer, schedule, clipNorm, steps, seed, skipped: examples.length - kept.length };
}

/** The first step of the epoch after the last. */
function stepsOf(data: EpochBatchSource, epochs: number): number {
  let step = 0;
  while (data.position(step).epoch < epochs) step++;
  return step;
}
