import type { Schedule } from '../optimizers/cosine-schedule.ts';

/** A learning rate that answers to evaluations, such as {@link PlateauSchedule}. */
export interface AdaptiveSchedule {
  /** The learning rate of the moment. */
  readonly schedule: Schedule;
  /** Called with the watched loss after every evaluation. */
  observe(loss: number): void;
  /** What it remembers, as a value that JSON can hold. */
  state(): unknown;
  /** Takes over what {@link state} gave. */
  loadState(state: unknown): void;
}
