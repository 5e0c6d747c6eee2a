import type { Sentences } from '../vocabulary/sentences.ts';
import {
  growVocabulary,
  selectWords,
  type Vocabulary,
  type VocabularyOptions,
} from '../vocabulary/vocabulary.ts';
import { type OpenCorpus, openCorpus } from '../word2vec/open-corpus.ts';
import { checkFor } from '../word2vec/word-training-options.ts';
import { type CooccurrenceSettings, Cooccurrences } from './cooccurrences.ts';
import { RECORD_WORDS } from './count-records.ts';
import { type CountingRun, countWindows } from './count-windows.ts';
import { mergeRecords, PairCounter } from './pair-counter.ts';
import { PairOrder } from './pair-order.ts';

/** Options of {@link countCooccurrences}. */
export interface CountCooccurrencesOptions
  extends Partial<CooccurrenceSettings>,
    VocabularyOptions,
    CountingRun {
  /**
   * Counts of other text, to which those of this one are added. Words of its vocabulary keep their rows, new ones follow. Window, order and weights
   * are as they are there.
   */
  readonly base?: Cooccurrences;
  /** Whose words are counted, and no others. Default the frequent ones of the corpus. */
  readonly vocabulary?: Vocabulary;
  /** Bytes that the counts may take. Default 4 GiB. */
  readonly memory?: number;
  /** Words of the corpus that are kept in memory, four bytes each; a longer corpus is read twice. Default 2²⁸. */
  readonly maxCachedWords?: number;
}

/**
 * Counts how often words come near each other: what GloVe's vectors are learned from, shuffled.
 *
 * @param corpus each sentence has windows of its own
 * @throws {RangeError} if an option is out of range, no word is frequent enough, or counts do not fit `memory`; {TypeError} if the corpus is of the
 * wrong type; the signal's reason if it is aborted
 * @see Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation", §3 and §4.2; GloVe's programs vocab_count, cooccur and shuffle
 * @example
 * const cooccurrences = await countCooccurrences(sentences, { window: 10, minCount: 5 });
 * for await (const { word, context, count } of cooccurrences) console.log(word, context, count);
 */
export async function countCooccurrences(
  corpus: Sentences,
  options: CountCooccurrencesOptions = {},
): Promise<Cooccurrences> {
  const caller = 'countCooccurrences';
  const settings = resolveCooccurrenceSettings(options, caller);
  const { vocabulary, source, words } = await openVocabulary(corpus, options, caller);
  const memory = options.memory ?? 2 ** 32;
  const counter = new PairCounter(new PairOrder(settings.seed), vocabulary.words.length, memory);
  const refuse = (): never => {
    throw new RangeError(
      `${caller}: counts must fit memory = ${memory} bytes. Raise minCount or memory, or lower window.`,
    );
  };
  await countWindows(source, words, counter, settings, refuse, options);
  let records = counter.take();
  if (options.base) {
    for await (const part of options.base.records()) records = mergeRecords(records, part);
  }
  return new Cooccurrences({
    vocabulary,
    settings,
    recordCount: records.length / RECORD_WORDS,
    selfPairs: countSelfPairs(records, new PairOrder(settings.seed)),
    records: () => [records],
  });
}

/** Settings, checked; those of `base` if there is one. */
export function resolveCooccurrenceSettings(
  options: CountCooccurrencesOptions,
  caller: string,
): CooccurrenceSettings {
  const check = checkFor(caller);
  const base = options.base?.settings;
  const settings = { ...DEFAULTS, ...base };
  for (const name of ['window', 'symmetric', 'distanceWeighting', 'seed'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (base && value !== base[name]) {
      throw new RangeError(
        `${caller}: ${name} must be that of base, ${String(base[name])}, got ${String(value)}.`,
      );
    }
    Object.assign(settings, { [name]: value });
  }
  check.integer('window', settings.window, 1);
  check.integer('seed', settings.seed, 0);
  for (const name of ['symmetric', 'distanceWeighting'] as const) check.boolean(name, settings[name]);
  for (const name of ['minCount', 'maxVocabSize', 'maxCachedWords', 'memory'] as const) {
    if (options[name] !== undefined) check.integer(name, options[name], 1);
  }
  return settings;
}

/** A corpus with a vocabulary of its own, or with that of `base` and more words. */
export async function openVocabulary(
  corpus: Sentences,
  options: CountCooccurrencesOptions,
  caller: string,
): Promise<OpenCorpus> {
  const { maxCachedWords, signal, base, vocabulary } = options;
  if (base && vocabulary) throw new TypeError(`${caller}: vocabulary must be that of base, got both.`);
  const run = { ...(maxCachedWords && { maxCachedWords }), ...(signal && { signal }) };
  const open = await openCorpus(corpus, caller, run, (words, counts) => {
    if (base) return growVocabulary(base.vocabulary, words, counts, options);
    if (!vocabulary) return selectWords(words, counts, options);
    return { vocabulary, rows: Int32Array.from(words, (word) => vocabulary.rowOf(word) ?? -1) };
  });
  if (open.vocabulary.words.length > 0) return open;
  throw new RangeError(
    `${caller}: some words must be in the corpus at least minCount = ${options.minCount ?? 5} times, got none. Lower minCount.`,
  );
}

/** Pairs of a word with itself among records. */
export function countSelfPairs(records: Uint32Array, order: PairOrder): number {
  let found = 0;
  for (let at = 0; at < records.length; at += RECORD_WORDS) {
    order.pair(records[at + 1]!, records[at]!);
    if (order.high === order.low) found++;
  }
  return found;
}

const DEFAULTS: CooccurrenceSettings = { window: 15, symmetric: true, distanceWeighting: true, seed: 0 };
