/** The training step was traced and compiled; not sent when eager. */
export interface CompileEndEvent {
  readonly type: 'compile-end';
  readonly milliseconds: number;
  /** Operators in the compiled graph. */
  readonly nodeCount: number;
}

/** One step was taken. */
export interface StepEndEvent {
  readonly type: 'step-end';
  /** Steps taken so far, this one included, since training first began. */
  readonly step: number;
  /** Of this batch, before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Targets in this batch. */
  readonly tokenCount: number;
  /** Time this step took. */
  readonly milliseconds: number;
  /** Estimated time until the last step, without evaluations. */
  readonly millisecondsLeft: number;
}

/** The model was evaluated. */
export interface EvaluationEndEvent {
  readonly type: 'evaluation-end';
  /** Steps taken so far. */
  readonly step: number;
  readonly loss: number;
}

/** Training is over; the last event. */
export interface TrainEndEvent {
  readonly type: 'train-end';
  /** Steps taken so far. */
  readonly step: number;
  readonly reason: 'finished' | 'aborted';
}

/** What {@link train} reports. */
export type TrainEvent = CompileEndEvent | StepEndEvent | EvaluationEndEvent | TrainEndEvent;
