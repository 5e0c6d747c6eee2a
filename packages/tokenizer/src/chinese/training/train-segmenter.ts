import { describeValue } from '../../describe-value.ts';
import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { AveragedPerceptron, type TaggedSentence } from './averaged-perceptron.ts';
import { CharacterSequence } from './character-sequence.ts';
import { FeatureExtractor } from './feature-extractor.ts';
import { FeatureTable } from './feature-table.ts';
import type { SegmentationModel } from './segmentation-model.ts';
import { TAGS, tagAt } from './tags.ts';
import { TrainedSegmenter } from './trained-segmenter.ts';

export interface TrainSegmenterOptions {
  /** Words to consult, in training and afterwards; a large one helps most where there is little to learn from. Default none. */
  readonly dictionary?: ChineseDictionary;
  /** How often the sentences are gone through; default 10. */
  readonly epochs?: number;
  /** Features that fewer characters have are left out; default 1, which leaves none out. */
  readonly minFeatureCount?: number;
  /** Of the order of the sentences, which is another one in each epoch; default 0. */
  readonly seed?: number;
}

export interface TrainSegmenterStepsOptions extends TrainSegmenterOptions {
  /** Ends training early, with what was learned so far. */
  readonly signal?: AbortSignal;
}

/** What `trainSegmenterSteps` tells. */
export type TrainSegmenterEvent =
  /** All sentences are read: how many there are, their characters, and the features found in them. */
  | {
      readonly type: 'read-end';
      readonly sentenceCount: number;
      readonly characterCount: number;
      readonly featureCount: number;
    }
  | {
      readonly type: 'epoch-progress';
      readonly epoch: number;
      readonly sentence: number;
      readonly sentenceCount: number;
    }
  /** One time through all sentences: the share of characters whose tag was wrong before it was learned from. */
  | {
      readonly type: 'epoch-end';
      readonly epoch: number;
      readonly epochs: number;
      readonly errorRate: number;
    }
  | {
      readonly type: 'train-end';
      readonly reason: 'finished' | 'aborted';
      readonly segmenter: TrainedSegmenter;
    };

/**
 * Learns a segmenter from segmented sentences.
 *
 * An averaged structured perceptron over the features of {@link FeatureExtractor}. The same sentences, options and seed give the
 * same segmenter everywhere. Memory: four bytes for each feature of each character, about 50 bytes a character or 90 with a
 * dictionary, and 64 for each distinct feature.
 *
 * @param sentences each as its words, without white space; `parseSegmentedText` reads files
 * @throws {RangeError} if there is no sentence, or an option is out of its range
 * @see Collins 2002, Discriminative Training Methods for Hidden Markov Models
 * @example
 * const segmenter = trainSegmenter([['我们', '喜欢', '猫'], ['猫', '喜欢', '鱼']]);
 * segmenter.segment('我们喜欢鱼'); // 我们 喜欢 鱼
 */
export function trainSegmenter(
  sentences: Iterable<readonly string[]>,
  options: TrainSegmenterOptions = {},
): TrainedSegmenter {
  const training = new Training(sentences, options, 'trainSegmenter');
  for (let epoch = 1; epoch <= training.epochs; epoch++) for (const _ of training.epoch(epoch));
  return training.finish();
}

/**
 * `trainSegmenter` in steps, which leaves the event loop free, reports progress, and can be stopped: an abort ends it with
 * what was learned until then.
 *
 * @returns events; the last one is `train-end` and holds the segmenter
 * @throws as {@link trainSegmenter}
 */
export async function* trainSegmenterSteps(
  sentences: Iterable<readonly string[]>,
  { signal, ...options }: TrainSegmenterStepsOptions = {},
): AsyncGenerator<TrainSegmenterEvent, void, void> {
  const training = new Training(sentences, options, 'trainSegmenterSteps');
  const { sentenceCount, characterCount, featureCount, epochs } = training;
  yield { type: 'read-end', sentenceCount, characterCount, featureCount };
  let paused = performance.now();
  trainingLoop: for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const sentence of training.epoch(epoch)) {
      if (signal?.aborted) break trainingLoop;
      if (performance.now() - paused < 200) continue;
      yield { type: 'epoch-progress', epoch, sentence, sentenceCount };
      await new Promise((resolve) => setTimeout(resolve));
      paused = performance.now();
    }
    yield { type: 'epoch-end', epoch, epochs, errorRate: training.errorRate };
  }
  yield { type: 'train-end', reason: signal?.aborted ? 'aborted' : 'finished', segmenter: training.finish() };
}

/** The state of one training. */
class Training {
  readonly epochs: number;
  readonly characterCount: number;
  readonly #sentences: readonly TaggedSentence[];
  readonly #features: FeatureTable;
  readonly #perceptron: AveragedPerceptron;
  readonly #dictionary: ChineseDictionary | undefined;
  readonly #seed: number;
  #wrong = 0;

  constructor(sentences: Iterable<readonly string[]>, options: TrainSegmenterOptions, caller: string) {
    const { dictionary, epochs = 10, minFeatureCount = 1, seed = 0 } = options;
    requireCount(epochs, 'epochs', caller);
    requireCount(minFeatureCount, 'minFeatureCount', caller);
    if (!Number.isInteger(seed))
      throw new RangeError(`${caller}: seed must be an integer, got ${describeValue(seed)}.`);
    this.epochs = epochs;
    this.#seed = seed;
    this.#dictionary = dictionary;
    const extractor = new FeatureExtractor(dictionary);
    const found = new FeatureTable(1 << 16);
    const tagged = tagSentences(sentences, extractor, found, caller);
    if (tagged.length === 0) throw new RangeError(`${caller}: sentences must hold a word, got none.`);
    this.#features = minFeatureCount > 1 ? keepFrequent(found, tagged, minFeatureCount) : found;
    this.#sentences = tagged;
    this.characterCount = tagged.reduce((sum, { tags }) => sum + tags.length, 0);
    this.#perceptron = new AveragedPerceptron(this.#features.size, extractor.count);
  }

  get sentenceCount(): number {
    return this.#sentences.length;
  }

  get featureCount(): number {
    return this.#features.size;
  }

  /** Of the epoch that ended last. */
  get errorRate(): number {
    return this.#wrong / this.characterCount;
  }

  /** Goes through all sentences once, stopping after each. */
  *epoch(epoch: number): Generator<number> {
    const order = shuffled(this.#sentences.length, this.#seed, epoch);
    let wrong = 0;
    for (const [done, index] of order.entries()) {
      wrong += this.#perceptron.learn(this.#sentences[index]!);
      yield done + 1;
    }
    this.#wrong = wrong;
  }

  finish(): TrainedSegmenter {
    const { weights, transitions } = this.#perceptron.average();
    const model = compact(this.#features, weights, transitions, this.#dictionary !== undefined);
    return new TrainedSegmenter(model, this.#dictionary);
  }
}

function tagSentences(
  sentences: Iterable<readonly string[]>,
  extractor: FeatureExtractor,
  features: FeatureTable,
  caller: string,
): TaggedSentence[] {
  const sequence = new CharacterSequence();
  const tagged: TaggedSentence[] = [];
  for (const words of sentences) {
    const text = words.join('');
    if (/\s/.test(text)) {
      throw new RangeError(
        `${caller}: words must be without white space, got ${describeValue(words.find((word) => /\s/.test(word)))}.`,
      );
    }
    if (text === '') continue;
    sequence.read(text, 0, text.length);
    extractor.extract(text, sequence);
    const { length } = sequence;
    const numbers = new Int32Array(length * extractor.count);
    for (let place = 0; place < numbers.length; place++) {
      numbers[place] = features.findOrAdd(extractor.keys[2 * place]!, extractor.keys[2 * place + 1]!);
    }
    const tags = new Uint8Array(length);
    let start = 0;
    for (const word of words) {
      const size = Array.from(word).length;
      for (let index = 0; index < size; index++) tags[start + index] = tagAt(index, size);
      start += size;
    }
    tagged.push({ features: numbers, tags });
  }
  return tagged;
}

/** Numbers the features anew without those that are rare; in the sentences they become −1. */
function keepFrequent(
  features: FeatureTable,
  sentences: readonly TaggedSentence[],
  minCount: number,
): FeatureTable {
  const counts = new Uint32Array(features.size);
  for (const sentence of sentences) for (const feature of sentence.features) counts[feature]!++;
  const kept = new FeatureTable(features.size);
  const renumbered = new Int32Array(features.size).fill(-1);
  for (let feature = 0; feature < features.size; feature++) {
    if (counts[feature]! >= minCount) renumbered[feature] = kept.findOrAdd(...features.key(feature));
  }
  for (const sentence of sentences) {
    for (let place = 0; place < sentence.features.length; place++) {
      sentence.features[place] = renumbered[sentence.features[place]!]!;
    }
  }
  return kept;
}

/** Rounds weights to integers of 16 bits, in steps as fine as the largest allows, and drops features that become zero. */
function compact(
  features: FeatureTable,
  weights: Float64Array,
  transitions: Float64Array,
  usesDictionary: boolean,
): SegmentationModel {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const scale = largest > 0 ? Math.min(FINEST, 0x7fff / largest) : 1;
  const kept = new FeatureTable(features.size);
  const rounded = new Int16Array(weights.length);
  for (let feature = 0; feature < features.size; feature++) {
    const row = Array.from({ length: TAGS }, (_, tag) => Math.round(weights[feature * TAGS + tag]! * scale));
    if (row.some((weight) => weight !== 0)) rounded.set(row, kept.findOrAdd(...features.key(feature)) * TAGS);
  }
  return {
    features: kept,
    weights: rounded.slice(0, kept.size * TAGS),
    transitions: Int32Array.from(transitions, (weight) => Math.round(weight * scale)),
    usesDictionary,
  };
}

/** Steps of a weight of one: finer ones change no sentence but fill the file. */
const FINEST = 64;

/** The numbers below `length` in an order drawn by seed and epoch (Fisher and Yates). */
function shuffled(length: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let index = length - 1; index > 0; index--) {
    const other = draw(seed, epoch, index) % (index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

/** 32 random bits, a function of the three numbers alone. */
function draw(seed: number, epoch: number, index: number): number {
  let bits =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(epoch, 0xc2b2ae35) ^ Math.imul(index, 0x27d4eb2f);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function requireCount(value: number, name: string, caller: string): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${caller}: ${name} must be an integer of at least 1, got ${describeValue(value)}.`);
  }
}
