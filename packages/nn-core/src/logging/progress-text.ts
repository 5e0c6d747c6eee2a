import type { StepEndEvent } from '../training/train-event.ts';
import { cutToWidth, displayWidth } from './display-width.ts';

/** What a progress line says beside the step. */
export interface ProgressFigures {
  /** Smoothed. */
  readonly loss: number;
  /** Latest losses of the evaluated sets. */
  readonly evaluations: ReadonlyMap<string, number>;
}

/** What a progress line says, the most important first. */
export function progressParts(
  { step, steps, learningRate, tokensPerSecond, millisecondsLeft }: StepEndEvent,
  { loss, evaluations }: ProgressFigures,
): string[] {
  return [
    `step ${step}/${steps}`,
    `loss ${formatLoss(loss)}`,
    step < steps ? `${formatDuration(millisecondsLeft)} left` : '',
    ...Array.from(evaluations, ([set, loss]) => `${set} ${formatLoss(loss)}`),
    tokensPerSecond > 0 ? `${formatCount(tokensPerSecond)} tokens/s` : '',
    `lr ${learningRate.toExponential(2)}`,
  ].filter(Boolean);
}

/** Between the parts of a line. */
const GAP = '  ';
/** Of the bar at most, with its brackets. */
const BAR_COLUMNS = 26;
/** A bar that is shorter says nothing. */
const LEAST_BAR_COLUMNS = 8;

/**
 * Parts as one line of a terminal, which loses its last parts before it would wrap; with a bar, where there is room.
 */
export function fitLine(parts: readonly string[], columns: number, share: number): string {
  const kept = [...parts];
  while (kept.length > 1 && displayWidth(kept.join(GAP)) > columns) kept.pop();
  const text = cutToWidth(kept.join(GAP), columns);
  const room = Math.min(BAR_COLUMNS, columns - displayWidth(text) - GAP.length);
  return room < LEAST_BAR_COLUMNS ? text : `${bar(share, room)}${GAP}${text}`;
}

export function joinParts(parts: readonly string[]): string {
  return parts.join(GAP);
}

function bar(share: number, columns: number): string {
  const length = columns - 2;
  const filled = Math.round(share * length);
  const tip = filled > 0 && filled < length ? '>' : '';
  return `[${('='.repeat(filled - tip.length) + tip).padEnd(length)}]`;
}

/** Four decimals, or an exponent where they would show nothing or too much. */
export function formatLoss(loss: number): string {
  const size = Math.abs(loss);
  return size === 0 || (size >= 1e-3 && size < 1e4) || !Number.isFinite(loss)
    ? loss.toFixed(4)
    : loss.toExponential(3);
}

/** `850`, `12.3k`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 999.5) return count.toFixed(0);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1e6).toFixed(1)}M`;
}

/** Milliseconds as `8 s`, `3 min 20 s`, `2 h 5 min` or `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
