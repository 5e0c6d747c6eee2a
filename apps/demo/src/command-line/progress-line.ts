import type { StepEndEvent } from '@wordloom/nn-core';
import type { Terminal } from './terminal.ts';
import { displayWidth } from './terminal-style.ts';

/** Milliseconds between two updates: of a line that is rewritten, and of lines that stay. */
const REWRITE_INTERVAL = 100;
const LINE_INTERVAL = 5_000;
/** Of the bar at most; it takes what the words leave. */
const BAR_WIDTH = 24;
/** Share of the newest loss in the one that is shown: single batches jump. */
const SMOOTHING = 0.05;

/** One line that says how far training is: rewritten in a terminal, written now and then elsewhere. */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #steps: number;
  #loss: number | undefined;
  #tokensPerSecond: number | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;
  #heldOut = '';

  /** @param steps to be taken in all */
  constructor(terminal: Terminal, steps: number) {
    this.#terminal = terminal;
    this.#steps = steps;
  }

  step(event: StepEndEvent): void {
    const pace = (1000 * event.tokenCount) / event.milliseconds;
    this.#loss = mixed(this.#loss, event.loss);
    this.#tokensPerSecond = mixed(this.#tokensPerSecond, pace);
    const { interactive } = this.#terminal;
    const interval = interactive ? REWRITE_INTERVAL : LINE_INTERVAL;
    const now = performance.now();
    if (now - this.#shownAt < interval && event.step < this.#steps) return;
    this.#shownAt = now;
    const text = this.#describe(event);
    if (interactive) this.#terminal.rewrite(text);
    else this.#terminal.note(text);
  }

  /** The latest held-out loss, shown from now on. */
  evaluation(loss: number): void {
    this.#heldOut = `held-out ${loss.toFixed(3)}`;
  }

  /** Leaves the line as it is and goes on below it. */
  end(): void {
    if (this.#terminal.interactive && this.#loss !== undefined) this.#terminal.note('');
  }

  #describe({ step, millisecondsLeft }: StepEndEvent): string {
    const { interactive, columns, noteStyle } = this.#terminal;
    const parts = [
      `${step}/${this.#steps}`,
      `loss ${this.#loss!.toFixed(3)}`,
      this.#heldOut,
      `${Math.round(this.#tokensPerSecond!).toLocaleString('en')} tokens/s`,
      step < this.#steps ? `${formatDuration(millisecondsLeft)} left` : '',
    ].filter(Boolean);
    // Narrow terminals lose the last parts first: a wrapped line could not be rewritten.
    while (parts.length > 1 && displayWidth(parts.join('  ')) > columns - 3) parts.pop();
    const text = parts.join('  ');
    const width = Math.min(BAR_WIDTH, columns - displayWidth(text) - 5);
    if (!interactive || width <= 0) return `  ${text}`;
    const filled = Math.round((width * step) / this.#steps);
    const bar = noteStyle.accent('━'.repeat(filled)) + noteStyle.faint('━'.repeat(width - filled));
    return `  ${bar}  ${text}`;
  }
}

function mixed(before: number | undefined, value: number): number {
  return before === undefined ? value : before + SMOOTHING * (value - before);
}

/** Milliseconds as `8 s`, `3 min 20 s` or `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
