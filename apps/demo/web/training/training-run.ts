import type { Runtime } from '@wordloom/compile';
import { createEvaluator, type StepEndEvent, sequentialWindows, train } from '@wordloom/nn-core';
import type { GptRecipe } from '@wordloom/transformer';
import { prepareTraining, type TrainingSetup } from '../../src/prepare-training.ts';
import { heldOutExcerpt } from '../../src/split-text.ts';
import { TrainingClock } from './training-clock.ts';
import type { TrainingReport, WritingRequest } from './training-messages.ts';
import { Writer } from './writer.ts';

export interface TrainingRunOptions {
  readonly text: string;
  readonly recipe: GptRecipe;
  readonly seed: number;
  readonly writing: WritingRequest;
  readonly runtime: Runtime;
  readonly report: (message: TrainingReport) => void;
}

/** How often the held-out loss is measured in a whole training. */
const EVALUATIONS = 16;
const EVALUATION_BATCH_SIZE = 16;
/** Training goes on for this many times as long as the last sample took, so that samples stay a small part of it. */
const TRAINING_PER_SAMPLE = 6;
/** Milliseconds between samples at least: time to read. */
const READING_TIME = 2_000;
const REPORT_INTERVAL = 100; // milliseconds

/** One training of one model: it can be paused, stopped and asked to write. */
export class TrainingRun {
  readonly #options: TrainingRunOptions;
  readonly #setup: TrainingSetup;
  readonly #writer: Writer;
  readonly #clock = new TrainingClock();
  readonly #stop = new AbortController();
  #writing: WritingRequest;
  #unreported: StepEndEvent[] = [];
  #reportedAt = 0;

  /** @throws {RangeError} if the text is too short for the recipe */
  constructor(options: TrainingRunOptions) {
    this.#options = options;
    this.#setup = prepareTraining(options.text, options);
    this.#writer = new Writer(this.#setup, options);
    this.#writing = options.writing;
  }

  /** Trains to the recipe's last step, or until it is stopped; samples are written on the way. */
  async train(): Promise<void> {
    const { report, recipe, seed, runtime } = this.#options;
    const { model, data, optimizer, schedule } = this.#setup;
    const { signal } = this.#stop;
    const evaluator = createEvaluator(model, { runtime });
    const evaluation = {
      interval: Math.max(1, Math.round(recipe.steps / EVALUATIONS)),
      loss: () => evaluator.evaluate(this.#heldOutBatches(), { signal }),
    };
    const measurable = this.#setup.heldOut.length > 1;
    const options = { ...recipe, optimizer, schedule, seed, runtime, signal };
    let sampleAt = 0; // on the training's clock
    for await (const event of train(model, data, measurable ? { ...options, evaluation } : options)) {
      switch (event.type) {
        case 'compile-end':
          report({ type: 'compile-end' });
          await this.#sample();
          this.#clock.start();
          break;
        case 'step-end':
          this.#reportStep(event);
          if (this.#clock.elapsed >= sampleAt && event.step < recipe.steps) {
            this.#flush();
            const start = this.#clock.elapsed;
            await this.#sample();
            const taken = this.#clock.elapsed - start;
            sampleAt = this.#clock.elapsed + Math.max(READING_TIME, TRAINING_PER_SAMPLE * taken);
          }
          break;
        case 'evaluation-end':
          this.#flush();
          report(event);
          break;
        case 'train-end':
          this.#flush();
          report({ ...event, milliseconds: this.#clock.elapsed });
      }
      await this.#clock.gate();
    }
    await evaluator.release();
    await this.#sample();
  }

  /** Waits after the current step. */
  async pause(): Promise<void> {
    this.#clock.pause();
    await this.#writer.stop();
  }

  async resume(): Promise<void> {
    await this.#writer.stop();
    this.#clock.resume();
  }

  /** Ends training after the current step; the model stays as it is then. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.resume();
  }

  /** How samples are written from now on. */
  changeWriting(writing: WritingRequest): void {
    this.#writing = writing;
  }

  /** Writes on request; only in a pause or after the training. */
  async write(writing: WritingRequest, seed: number): Promise<void> {
    this.#writing = writing;
    await this.#writer.write(this.#setup.optimizer.stepCount, writing, seed);
  }

  async stopWriting(): Promise<void> {
    await this.#writer.stop();
  }

  /** The same seed every time, so that what changes is what was learned. */
  async #sample(): Promise<void> {
    await this.#writer.write(this.#setup.optimizer.stepCount, this.#writing, this.#options.seed);
  }

  #heldOutBatches() {
    const { contextLength } = this.#options.recipe.model;
    return sequentialWindows(heldOutExcerpt(this.#setup.heldOut), {
      batchSize: EVALUATION_BATCH_SIZE,
      contextLength,
    });
  }

  /** Steps can be quicker than a page needs to draw them: they are reported several at a time. */
  #reportStep(event: StepEndEvent): void {
    this.#unreported.push(event);
    if (performance.now() - this.#reportedAt >= REPORT_INTERVAL) this.#flush();
  }

  #flush(): void {
    const last = this.#unreported.at(-1);
    if (!last) return;
    const milliseconds = this.#unreported.reduce((sum, event) => sum + event.milliseconds, 0);
    this.#options.report({
      type: 'steps-end',
      step: last.step,
      losses: this.#unreported.map(({ loss }) => loss),
      tokensPerSecond: (1000 * this.#unreported.length * last.tokenCount) / milliseconds,
      // From the whole time so far, which unlike the steps' own holds evaluations and samples.
      millisecondsLeft: (this.#clock.elapsed / last.step) * (this.#options.recipe.steps - last.step),
    });
    this.#unreported = [];
    this.#reportedAt = performance.now();
  }
}
