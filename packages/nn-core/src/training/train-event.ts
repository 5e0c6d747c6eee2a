/**
 * A training step was traced and compiled: before the first step, and for each new shape of a batch; not sent when
 * eager.
 */
export interface CompileEndEvent {
  readonly type: 'compile-end';
  readonly milliseconds: number;
  /** Operators in the compiled graph. */
  readonly nodeCount: number;
}

/** One step was taken. */
export interface StepEndEvent {
  readonly type: 'step-end';
  /** Steps so far, this one and skipped ones included, since training first began. */
  readonly step: number;
  /** Steps there are to be in all. */
  readonly steps: number;
  /** Of this step's batch, before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Targets in this step's batch. */
  readonly tokenCount: number;
  /** Smoothed: the latest steps count most. */
  readonly tokensPerSecond: number;
  /** Time this step took, with waiting for its batch and without compilation. */
  readonly milliseconds: number;
  /** Estimated time until the last step, with the evaluations on the way once there was one, without checkpoints. */
  readonly millisecondsLeft: number;
  /** Scalars that the model returned beside the loss, averaged like it. */
  readonly auxiliary: Readonly<Record<string, number>>;
}

/** A step was passed over, because its loss or its gradients were not finite: nothing was updated. */
export interface StepSkipEvent {
  readonly type: 'step-skip';
  /** Steps so far, this one included. */
  readonly step: number;
  readonly loss: number;
  /** Where NaN or infinity was first found. */
  readonly place: string;
}

/** The model was evaluated on one set. */
export interface EvaluationEndEvent {
  readonly type: 'evaluation-end';
  /** Steps so far. */
  readonly step: number;
  /** Name of the set; `validation` where there is only one. */
  readonly set: string;
  readonly loss: number;
}

/** A checkpoint was written. */
export interface CheckpointSaveEvent {
  readonly type: 'checkpoint-save';
  /** Steps so far. */
  readonly step: number;
  readonly name: string;
  /** Checkpoints that were removed because better or newer ones are kept. */
  readonly removed: readonly string[];
}

/** Training is over; the last event. */
export interface TrainEndEvent {
  readonly type: 'train-end';
  /** Steps so far. */
  readonly step: number;
  /** `stopped-early`: the loss had not improved for as long as `earlyStopping` allows. */
  readonly reason: 'finished' | 'aborted' | 'stopped-early';
}

/** What {@link train} reports. */
export type TrainEvent =
  | CompileEndEvent
  | StepEndEvent
  | StepSkipEvent
  | EvaluationEndEvent
  | CheckpointSaveEvent
  | TrainEndEvent;
