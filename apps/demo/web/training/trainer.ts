import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { GptRecipe } from '@wordloom/transformer';
import type { Point } from '../chart/chart-scale.ts';
import type { TrainingReport, TrainingRequest, WritingRequest } from './training-messages.ts';

export type TrainingState =
  | 'idle'
  | 'loading'
  | 'compiling'
  | 'training'
  | 'paused'
  | 'stopped'
  | 'finished'
  | 'failed';

/** How far training is. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly tokensPerSecond: number;
  readonly millisecondsLeft: number;
  /** Of the whole training, once it is over. */
  readonly milliseconds?: number;
}

/** What the model wrote last, or is writing. */
export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly text: string;
  readonly writing: boolean;
}

/** The page's side of the training worker: one worker per training, and signals of what it reports. */
export class Trainer {
  readonly #state = signal<TrainingState>('idle');
  readonly #progress = signal<Progress | undefined>(undefined);
  readonly #losses = signal<readonly Point[]>([]);
  readonly #evaluations = signal<readonly Point[]>([]);
  readonly #sample = signal<Sample | undefined>(undefined);
  readonly #runtime = signal<{ readonly name: string; readonly isolated: boolean } | undefined>(undefined);
  readonly #error = signal<string | undefined>(undefined);
  readonly #characters = signal<ReadonlySet<string>>(new Set());
  #worker: Worker | undefined;
  #steps = 0;

  readonly state: ReadonlySignal<TrainingState> = this.#state;
  readonly progress: ReadonlySignal<Progress | undefined> = this.#progress;
  /** Of every step: x the step, y nats per character. */
  readonly losses: ReadonlySignal<readonly Point[]> = this.#losses;
  /** Held-out losses. */
  readonly evaluations: ReadonlySignal<readonly Point[]> = this.#evaluations;
  readonly sample: ReadonlySignal<Sample | undefined> = this.#sample;
  readonly runtime: ReadonlySignal<{ readonly name: string; readonly isolated: boolean } | undefined> =
    this.#runtime;
  readonly error: ReadonlySignal<string | undefined> = this.#error;
  /** Characters the model knows. */
  readonly characters: ReadonlySignal<ReadonlySet<string>> = this.#characters;

  /** Begins a new training; one that runs is given up. */
  start(text: string, recipe: GptRecipe, seed: number, writing: WritingRequest): void {
    this.#worker?.terminate();
    batch(() => {
      this.#state.value = 'loading';
      this.#progress.value = undefined;
      this.#losses.value = [];
      this.#evaluations.value = [];
      this.#sample.value = undefined;
      this.#error.value = undefined;
      this.#characters.value = new Set(text);
    });
    this.#steps = recipe.steps;
    const worker = new Worker(new URL('./training-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<TrainingReport>) =>
      batch(() => this.#take(data)),
    );
    worker.addEventListener('error', ({ message }) => this.#fail(message));
    this.#worker = worker;
    this.#ask({ type: 'train', text, recipe, seed, writing });
  }

  pause(): void {
    this.#state.value = 'paused';
    this.#ask({ type: 'pause' });
  }

  resume(): void {
    this.#state.value = 'training';
    this.#ask({ type: 'resume' });
  }

  stop(): void {
    this.#ask({ type: 'stop' });
  }

  changeWriting(writing: WritingRequest): void {
    this.#ask({ type: 'change-writing', writing });
  }

  write(writing: WritingRequest, seed: number): void {
    this.#ask({ type: 'write', writing, seed });
  }

  stopWriting(): void {
    this.#ask({ type: 'stop-writing' });
  }

  #ask(request: TrainingRequest): void {
    this.#worker?.postMessage(request);
  }

  #take(report: TrainingReport): void {
    switch (report.type) {
      case 'runtime-end':
        this.#runtime.value = { name: report.runtime, isolated: report.isolated };
        this.#state.value = 'compiling';
        break;
      case 'compile-end':
        this.#state.value = 'training';
        break;
      case 'steps-end': {
        const { type: _, losses, ...progress } = report;
        const first = report.step - losses.length + 1;
        this.#losses.value = [...this.#losses.value, ...losses.map((y, index) => ({ x: first + index, y }))];
        this.#progress.value = { ...progress, steps: this.#steps };
        break;
      }
      case 'evaluation-end':
        this.#evaluations.value = [...this.#evaluations.value, { x: report.step, y: report.loss }];
        break;
      case 'writing-start':
        this.#sample.value = { step: report.step, prompt: report.prompt, text: '', writing: true };
        break;
      case 'writing-add':
        this.#changeSample((sample) => ({ ...sample, text: sample.text + report.text }));
        break;
      case 'writing-end':
        this.#changeSample((sample) => ({ ...sample, writing: false }));
        break;
      case 'train-end': {
        this.#state.value = report.reason === 'finished' ? 'finished' : 'stopped';
        const { step, milliseconds } = report;
        const last = this.#progress.value ?? { step, steps: this.#steps, tokensPerSecond: 0 };
        this.#progress.value = { ...last, step, millisecondsLeft: 0, milliseconds };
        break;
      }
      case 'error':
        this.#fail(report.message);
    }
  }

  #changeSample(change: (sample: Sample) => Sample): void {
    if (this.#sample.value) this.#sample.value = change(this.#sample.value);
  }

  #fail(message: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    batch(() => {
      this.#state.value = 'failed';
      this.#error.value = message;
    });
  }
}
