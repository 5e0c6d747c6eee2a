import type { TrainEndEvent } from '@wordloom/nn-core';
import type { GptRecipe } from '@wordloom/transformer';

/** How the model is to write. */
export interface WritingRequest {
  /** What the text starts with; where it is empty the model starts a new line. */
  readonly prompt: string;
  readonly temperature: number;
}

/** What the page asks of the training worker. */
export type TrainingRequest =
  | {
      readonly type: 'train';
      readonly text: string;
      readonly recipe: GptRecipe;
      readonly seed: number;
      readonly writing: WritingRequest;
    }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  /** From now on, samples are written so. */
  | { readonly type: 'change-writing'; readonly writing: WritingRequest }
  /** Write now; only while training is paused or over. */
  | { readonly type: 'write'; readonly writing: WritingRequest; readonly seed: number }
  | { readonly type: 'stop-writing' };

/** What the training worker reports. */
export type TrainingReport =
  | { readonly type: 'runtime-end'; readonly runtime: string; readonly isolated: boolean }
  | { readonly type: 'compile-end' }
  /** Steps taken since the last report. */
  | {
      readonly type: 'steps-end';
      /** Of the last of them, counted from 1. */
      readonly step: number;
      readonly losses: readonly number[];
      readonly tokensPerSecond: number;
      readonly millisecondsLeft: number;
    }
  | { readonly type: 'evaluation-end'; readonly step: number; readonly loss: number }
  /** The model begins a new text. */
  | { readonly type: 'writing-start'; readonly step: number; readonly prompt: string }
  | { readonly type: 'writing-add'; readonly text: string }
  | { readonly type: 'writing-end' }
  | {
      readonly type: 'train-end';
      readonly step: number;
      readonly reason: TrainEndEvent['reason'];
      /** Since the first step, without pauses. */
      readonly milliseconds: number;
    }
  | { readonly type: 'error'; readonly message: string };
