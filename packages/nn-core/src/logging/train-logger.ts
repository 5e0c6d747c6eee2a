import type { TrainEvent } from '../training/train-event.ts';

/** Writes down what happens in training. */
export interface TrainLogger {
  /** Takes an event, in order; training goes on when it is done. */
  log(event: TrainEvent): void | Promise<void>;
  /** Called once, after the last event or a failure. */
  close?(): void | Promise<void>;
}
