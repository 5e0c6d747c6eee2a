import type { Runtime } from '@wordloom/compile';
import type { BatchSource, ExponentialMovingAverage, TrainableModel, TrainOptions } from '@wordloom/nn-core';
import type { RecipeFigure } from '@wordloom/rnn';

/** What a preset is made of. */
export interface PresetInputs {
  /** The text of the files to train on. */
  readonly training: string;
  /** Of the file to validate on; undefined holds a tenth of the training text out. */
  readonly validation: string | undefined;
  /** What errors call the two. */
  readonly names: { readonly training: string; readonly validation: string };
  /** Default the recipe's. */
  readonly epochs: number | undefined;
  readonly seed: number;
}

/** A recipe that can be run on files. */
export interface Preset {
  readonly name: string;
  /** What it is, in one line. */
  readonly summary: string;
  /** What its files hold. */
  readonly input: string;
  readonly figure: RecipeFigure;
  /** On two cores, with the data that the figure is about. */
  readonly minutes: number;
  /** @throws {Failure} naming the file and line that do not fit */
  prepare(inputs: PresetInputs): PresetRun;
}

/** A figure that was measured. */
export interface Measurement {
  readonly metric: string;
  readonly value: number;
  /** As it is printed. */
  readonly text: string;
}

/** A preset's model and data, ready to be trained. */
export interface PresetRun {
  readonly training: TrainableModel;
  readonly data: BatchSource;
  readonly options: Pick<TrainOptions, 'schedule' | 'seed' | 'clipNorm'> &
    Required<Pick<TrainOptions, 'optimizer' | 'steps'>>;
  readonly stepsPerEpoch: number;
  /** With which it is evaluated and saved, where there is one. */
  readonly average: ExponentialMovingAverage | undefined;
  /** Lines for the reader. */
  readonly description: readonly string[];
  /** The same for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** A quick look at the validation data, again and again. */
  validate(runtime: Runtime): Validation;
  /** The figures on all of the validation data; the first is the recipe's. */
  measure(runtime: Runtime, signal: AbortSignal): Promise<readonly Measurement[]>;
  /** Writes the model and its tokenizer. */
  save(folder: string): Promise<void>;
}

/** The loss of the validation data. */
export interface Validation {
  loss(options?: { readonly signal?: AbortSignal }): Promise<number>;
  release(): Promise<void>;
}
