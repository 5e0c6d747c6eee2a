import type { TrainEvent } from '../training/train-event.ts';

/** Events of one step come in this order. */
const RANKS: Readonly<Record<string, number>> = {
  'step-end': 0,
  'step-skip': 0,
  'evaluation-end': 1,
  'checkpoint-save': 2,
  'train-end': 3,
};

/** Where in a run an event comes. */
export interface LogPosition {
  readonly step: number;
  /** Among the events of the step. */
  readonly rank: number;
}

/** @returns undefined for what comes at no certain place, such as a compilation */
export function logPosition(event: TrainEvent | Readonly<Record<string, unknown>>): LogPosition | undefined {
  const { type, step } = event as { readonly type?: unknown; readonly step?: unknown };
  const rank = RANKS[String(type)];
  return rank !== undefined && typeof step === 'number' ? { step, rank } : undefined;
}

/** Whether a run that goes on with `next` has left `position` behind it. */
export function isBefore(position: LogPosition, next: LogPosition): boolean {
  return position.step < next.step || (position.step === next.step && position.rank < next.rank);
}
