import { requireSizes } from '../module/require-sizes.ts';
import type { StepEndEvent, TrainEvent } from '../training/train-event.ts';
import { fitLine, formatDuration, formatLoss, joinParts, progressParts } from './progress-text.ts';
import type { TrainLogger } from './train-logger.ts';

/** What is needed of a terminal, or of a file or pipe in its place: `process.stderr`, for example. */
export interface TerminalStream {
  write(text: string): unknown;
  /** Whether a line may be rewritten; default false. */
  readonly isTTY?: boolean;
  /** Default 80. */
  readonly columns?: number;
}

/** Options of {@link terminalLogger}. */
export interface TerminalLoggerOptions {
  /**
   * Steps between two lines where they stay; default a fiftieth of all. A terminal's line is rewritten up to ten times
   * a second.
   */
  readonly interval?: number;
}

/** Milliseconds between two rewritings. */
const REWRITE_INTERVAL = 100;
/** Share of the newest loss in the one that is shown, which begins as a plain mean: single batches jump. */
const NEWEST = 0.05;
const DEFAULT_COLUMNS = 80;
/** How many lines there are of a run where they stay. */
const LINES = 50;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Shows how training goes in one line: steps, loss (smoothed), time left, evaluations, tokens per second and learning
 * rate. In a terminal the line is rewritten and never wraps; elsewhere a line comes every `interval` steps.
 * Evaluations, skipped steps, checkpoints and the end have lines of their own.
 *
 * @example
 * for await (const event of logged(train(model, data, { steps, runtime }), [terminalLogger(process.stderr)])) keep(event);
 */
export function terminalLogger(stream: TerminalStream, options: TerminalLoggerOptions = {}): TrainLogger {
  requireSizes('terminalLogger', { interval: options.interval ?? 1 });
  const lines = new TerminalLines(stream);
  const evaluations = new Map<string, number>();
  let begun: number | undefined;
  let loss = 0;
  let count = 0;

  const showStep = (event: StepEndEvent): void => {
    loss += Math.max(NEWEST, 1 / ++count) * (event.loss - loss);
    const figures = { loss, evaluations };
    if (stream.isTTY) {
      const line = (columns: number): string =>
        fitLine(progressParts(event, figures), columns, event.step / event.steps);
      lines.rewrite(line, event.step === event.steps);
      return;
    }
    const interval = options.interval ?? Math.ceil(event.steps / LINES);
    if (event.step % interval === 0 || event.step === event.steps)
      lines.add(joinParts(progressParts(event, figures)));
  };

  return {
    log(event) {
      begun ??= performance.now();
      if (event.type === 'step-end') return showStep(event);
      if (event.type === 'evaluation-end') evaluations.set(event.set, event.loss);
      if (event.type === 'train-end') lines.end();
      lines.add(describe(event, performance.now() - begun));
    },
    close: () => lines.end(),
  };
}

function describe(event: Exclude<TrainEvent, StepEndEvent>, elapsed: number): string {
  switch (event.type) {
    case 'compile-end':
      return `compiled ${event.nodeCount} operators in ${(event.milliseconds / 1000).toFixed(1)} s`;
    case 'evaluation-end':
      return `step ${event.step}: ${event.set} loss ${formatLoss(event.loss)}`;
    case 'step-skip':
      return `step ${event.step}: skipped, for NaN or infinity in ${event.place}`;
    case 'checkpoint-save':
      return `step ${event.step}: saved ${event.name}`;
    case 'train-end': {
      const reason = event.reason === 'stopped-early' ? 'stopped early' : event.reason;
      return `${reason} after ${event.step} steps, in ${formatDuration(elapsed)}`;
    }
  }
}

/** Lines that stay above one that is rewritten. */
class TerminalLines {
  readonly #stream: TerminalStream;
  /** The line that is rewritten, made for a number of columns. */
  #line: ((columns: number) => string) | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** @param must whether it is shown even if the last one is new */
  rewrite(line: (columns: number) => string, must: boolean): void {
    this.#line = line;
    const now = performance.now();
    if (!must && now - this.#shownAt < REWRITE_INTERVAL) return;
    this.#shownAt = now;
    this.#stream.write(CLEAR_LINE + this.#text());
  }

  add(text: string): void {
    if (this.#line === undefined) this.#stream.write(`${text}\n`);
    else this.#stream.write(`${CLEAR_LINE}${text}\n${this.#text()}`);
  }

  /** Leaves the line as it is. */
  end(): void {
    if (this.#line !== undefined) this.#stream.write(`${CLEAR_LINE}${this.#text()}\n`);
    this.#line = undefined;
  }

  #text(): string {
    const columns = this.#stream.columns || DEFAULT_COLUMNS;
    return this.#line!(columns - 1); // the last column may make a terminal wrap
  }
}
