import type { WordVectors } from '../vectors/word-vectors.ts';
import { checkFor } from '../word2vec/word-training-options.ts';

/** What is learned from cooccurrences, and how. The defaults are those of GloVe's program, but for the size. */
export interface GloveSettings {
  /** Numbers in a vector. Default 100. */
  readonly size: number;
  /** Passes over all pairs. Default 25. */
  readonly epochs: number;
  /** Of AdaGrad, whose sums of squares begin at 1. Default 0.05. */
  readonly learningRate: number;
  /** Counts from here on weigh 1. Default 100. */
  readonly xMax: number;
  /** Smaller ones weigh (count / xMax) to this power. Default 0.75. */
  readonly alpha: number;
  /** The largest number of a gradient, before the learning rate. Default 100. */
  readonly gradientClip: number;
  /** What the vector of a word is: its vectors as a word and as a context added up, the first alone, or both, one after the other. Default 'sum'. */
  readonly vectors: 'sum' | 'word' | 'concatenated';
  /** Default 0. */
  readonly seed: number;
}

/** How training runs, which changes nothing of what is learned. */
export interface GloveRun {
  /** Threads, this one alone if 1; any number of them learns the same bits. More than 16 have nothing to do. Default 1. */
  readonly workers?: number;
  /** Training ends at the next block, with all that it has learned. */
  readonly signal?: AbortSignal;
  /** Called at the end of each epoch, and every `evaluateEvery` pairs; what it returns is in the event `evaluation-end`. */
  readonly evaluate?: (vectors: WordVectors) => unknown;
  /** Pairs. Default only at the ends of epochs. */
  readonly evaluateEvery?: number;
  /** Pairs between two `checkpoint-end` events. Default none. */
  readonly checkpointEvery?: number;
  /** Milliseconds between two `progress-update` events. Default 500. */
  readonly progressInterval?: number;
}

const DEFAULTS: GloveSettings = {
  size: 100,
  epochs: 25,
  learningRate: 0.05,
  xMax: 100,
  alpha: 0.75,
  gradientClip: 100,
  vectors: 'sum',
  seed: 0,
};

/** The settings among options, checked, with those of `base` for what they leave open. */
export function resolveGloveSettings(
  options: Partial<GloveSettings>,
  caller: string,
  base: GloveSettings = DEFAULTS,
): GloveSettings {
  const settings = Object.fromEntries(
    Object.entries(base).map(([name, value]) => [name, options[name as keyof GloveSettings] ?? value]),
  ) as unknown as GloveSettings;
  const check = checkFor(caller);
  check.oneOf('vectors', settings.vectors, ['sum', 'word', 'concatenated']);
  for (const name of ['size', 'epochs'] as const) check.integer(name, settings[name], 1);
  check.integer('seed', settings.seed, 0);
  check.number('learningRate', settings.learningRate, 0);
  check.number('xMax', settings.xMax, Number.MIN_VALUE);
  check.number('alpha', settings.alpha, 0);
  check.number('gradientClip', settings.gradientClip, 0);
  return settings;
}

/** Settings as a file has them, of which none may be missing. */
export function requireGloveSettings(
  settings: Partial<GloveSettings> | undefined,
  caller: string,
): GloveSettings {
  for (const name of Object.keys(DEFAULTS)) {
    if (settings?.[name as keyof GloveSettings] === undefined) {
      throw new TypeError(`${caller}: the settings of the file must have ${name}.`);
    }
  }
  return resolveGloveSettings(settings!, caller);
}

export function checkGloveRun(run: GloveRun, caller: string): void {
  const check = checkFor(caller);
  for (const name of ['workers', 'evaluateEvery', 'checkpointEvery'] as const) {
    if (run[name] !== undefined) check.integer(name, run[name], 1);
  }
  if (run.progressInterval !== undefined) check.number('progressInterval', run.progressInterval, 0);
}
