import type { Sentences } from '../vocabulary/sentences.ts';
import type { CooccurrenceSettings } from './cooccurrences.ts';
import { Cooccurrences } from './cooccurrences.ts';
import { type CountCooccurrencesOptions, countCooccurrences } from './count-cooccurrences.ts';
import type { CountingProgress } from './count-windows.ts';
import type { GloveTrainingEvent } from './glove-events.ts';
import { emptyTables, requireGloveRoom } from './glove-memory.ts';
import { GloveModel } from './glove-model.ts';
import { checkGloveRun, type GloveRun, type GloveSettings, resolveGloveSettings } from './glove-options.ts';
import { drawRows } from './initial-rows.ts';
import { runGlove } from './run-glove.ts';

/** Options of {@link trainGlove}. Those of counting are for a corpus alone: cooccurrences have theirs. */
export interface TrainGloveOptions
  extends Partial<GloveSettings>,
    Omit<CountCooccurrencesOptions, 'base' | 'onProgress' | 'seed' | 'signal'>,
    GloveRun {}

/**
 * Trains GloVe's word vectors: for each pair of a word and a context, w·c + b + b' comes near the logarithm of their count, by AdaGrad.
 *
 * Any number of workers learns the same bits: they go through blocks of shuffled pairs together, and at no time touch the same row.
 *
 * @param corpus sentences, whose cooccurrences are counted in memory first, or cooccurrences, such as those of a file
 * @returns events; the last one, `training-end`, has the model, also when the signal was aborted (while pairs are counted it throws its reason)
 * @throws {TypeError} if the corpus or a word is of the wrong type, or {RangeError} an option is out of range, or no word is frequent enough
 * @see Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation"; GloVe's program glove
 * @example
 * for await (const event of trainGlove(sentences, { size: 100, workers: 2 })) {
 *   if (event.type === 'epoch-end') console.log(event.epoch, event.loss);
 *   if (event.type === 'training-end') vectors = event.model.vectors;
 * }
 */
export async function* trainGlove(
  corpus: Sentences | Cooccurrences,
  options: TrainGloveOptions = {},
): AsyncGenerator<GloveTrainingEvent, void, void> {
  const caller = 'trainGlove';
  const settings = resolveGloveSettings(options, caller);
  checkGloveRun(options, caller);
  const cooccurrences = yield* openCooccurrences(corpus, options);
  const { vocabulary } = cooccurrences;
  requireGloveRoom(caller, vocabulary.words.length, settings.size);
  const tables = emptyTables(2 * vocabulary.words.length, settings.size);
  drawRows(tables, 0, settings.size, settings.seed);
  yield* runGlove(startModel(cooccurrences, settings, tables), cooccurrences, options, caller);
}

/**
 * Goes on where a checkpoint or an aborted training stands, to the very numbers of a training that was not interrupted.
 *
 * @param model  not changed
 * @param corpus the one that the model was being trained on, or its cooccurrences
 */
export async function* resumeGlove(
  model: GloveModel,
  corpus: Sentences | Cooccurrences,
  run: GloveRun & Pick<CountCooccurrencesOptions, 'memory' | 'maxCachedWords'> = {},
): AsyncGenerator<GloveTrainingEvent, void, void> {
  const caller = 'resumeGlove';
  checkGloveRun(run, caller);
  const cooccurrences = yield* openCooccurrences(corpus, {
    ...run,
    ...model.counting,
    vocabulary: model.vocabulary,
  });
  requireWords(cooccurrences, model, caller);
  const pairs = model.position.totalPairs / model.settings.epochs;
  if (cooccurrences.pairs !== pairs) {
    throw new RangeError(
      `${caller}: the corpus must be the one that training began with, of ${pairs} pairs, got ${cooccurrences.pairs}.`,
    );
  }
  yield* runGlove(model, cooccurrences, run, caller);
}

/** Options of {@link continueGlove}. */
export interface ContinueGloveOptions extends Omit<TrainGloveOptions, 'size' | 'vocabulary'> {
  /** Whether words that are frequent enough in a new corpus join the vocabulary. Default true. */
  readonly growVocabulary?: boolean;
}

/**
 * Trains a model on other cooccurrences, in epochs of its own; AdaGrad's sums go on. New words start from drawn rows.
 *
 * Old text is forgotten where new text differs. To learn from both, add their counts up: `countCooccurrences(more, { base })`.
 *
 * @param model   not changed
 * @param corpus  other sentences, or cooccurrences whose vocabulary begins with the model's words
 * @param options what is left open is as the model was trained
 */
export async function* continueGlove(
  model: GloveModel,
  corpus: Sentences | Cooccurrences,
  options: ContinueGloveOptions = {},
): AsyncGenerator<GloveTrainingEvent, void, void> {
  const caller = 'continueGlove';
  const { size } = model.settings;
  const settings = resolveGloveSettings({ ...options, size }, caller, model.settings);
  checkGloveRun(options, caller);
  const { vocabulary, counting } = model;
  const known =
    options.growVocabulary === false
      ? { vocabulary }
      : {
          base: new Cooccurrences({
            vocabulary,
            settings: counting,
            recordCount: 0,
            selfPairs: 0,
            records: () => [],
          }),
        };
  const cooccurrences = yield* openCooccurrences(corpus, {
    ...counting,
    ...options,
    ...known,
    seed: counting.seed,
  });
  requireWords(cooccurrences, model, caller);
  const words = cooccurrences.vocabulary.words.length;
  requireGloveRoom(caller, words, size);
  const tables = emptyTables(2 * words, size);
  drawRows(tables, vocabulary.words.length, size, settings.seed);
  for (const [name, width] of [
    ['table', size],
    ['squares', size],
    ['biases', 1],
    ['biasSquares', 1],
  ] as const) {
    const half = vocabulary.words.length * width;
    tables[name].set(model[name].subarray(0, half));
    tables[name].set(model[name].subarray(half), words * width);
  }
  yield* runGlove(startModel(cooccurrences, settings, tables), cooccurrences, options, caller);
}

function startModel(
  { vocabulary, settings: counting, pairs }: Cooccurrences,
  settings: GloveSettings,
  tables: ReturnType<typeof emptyTables>,
): GloveModel {
  const position = { epoch: 0, blocksOfEpoch: 0, pairs: 0, totalPairs: pairs * settings.epochs };
  return new GloveModel({ vocabulary, settings, counting, position, ...tables });
}

/** Cooccurrences as they are, or those of a corpus, counted. */
async function* openCooccurrences(
  corpus: Sentences | Cooccurrences,
  options: CountCooccurrencesOptions & Partial<CooccurrenceSettings>,
): AsyncGenerator<GloveTrainingEvent, Cooccurrences, void> {
  if (corpus instanceof Cooccurrences) return corpus;
  let latest: CountingProgress | undefined;
  let wake = (): void => {};
  const stop = new AbortController();
  const { signal } = options;
  const counting = countCooccurrences(corpus, {
    ...options,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    onProgress(progress) {
      latest = progress;
      wake();
    },
  });
  counting.catch(() => {}); // heard of below, unless nobody listens any more
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const counted = await Promise.race([counting, woken]);
      if (counted) return counted;
      if (latest) yield { type: 'count-update', ...latest };
    }
  } finally {
    stop.abort();
  }
}

function requireWords({ vocabulary }: Cooccurrences, model: GloveModel, caller: string): void {
  const wrong = model.vocabulary.words.findIndex((word, row) => vocabulary.words[row] !== word);
  if (wrong < 0) return;
  throw new RangeError(
    `${caller}: the vocabulary of the cooccurrences must begin with the model's words, got ${String(vocabulary.words[wrong])} for ${model.vocabulary.words[wrong]!}.`,
  );
}
