import { histogramOf } from './histogram.ts';
import type { MessageWriter } from './message-writer.ts';
import { recordFrame } from './record-frame.ts';
import { type Sink, type SinkWriter, sinkWriter } from './sink.ts';
import {
  fileVersionEvent,
  histogramValue,
  scalarValue,
  sessionStartEvent,
  summaryEvent,
  textValue,
} from './tensorboard-events.ts';

/** Options of {@link TensorBoardWriter}. */
export interface TensorBoardWriterOptions {
  /** Called by {@link TensorBoardWriter.close} when all is written. */
  readonly onClose?: () => void | Promise<void>;
}

/** A step that something is written for. */
export interface AtStep {
  /** Steps so far; a non-negative integer. */
  readonly step: number;
}

/**
 * Writes TensorBoard's event files: scalars, histograms and texts by tag and step. `tensorBoardFolder` of
 * `@wordloom/nn-core/node` makes one that writes a file of a folder.
 *
 * @example
 * const parts: Uint8Array[] = [];
 * const board = new TensorBoardWriter((bytes) => parts.push(bytes));
 * await board.scalars({ 'test/accuracy': 0.93 }, { step: 100 });
 * const file = new Blob(parts); // to be saved as events.out.tfevents.…
 */
export class TensorBoardWriter {
  readonly #sink: SinkWriter<Uint8Array>;
  readonly #onClose: () => void | Promise<void>;
  #begun = false;
  /** Ends when all that was written is. */
  #written: Promise<void> = Promise.resolve();

  /** @param sink takes records, whole */
  constructor(sink: Sink<Uint8Array>, { onClose = () => {} }: TensorBoardWriterOptions = {}) {
    this.#sink = sinkWriter(sink);
    this.#onClose = onClose;
  }

  /** Numbers by tag; the part of a tag before its slash is the group under which it is shown. */
  scalars(values: Readonly<Record<string, number>>, { step }: AtStep): Promise<void> {
    return this.#values(
      Object.entries(values).map(([tag, value]) => scalarValue(tag, value)),
      step,
    );
  }

  /** Distributions of numbers by tag, in 30 ranges. NaN and infinities are left out. */
  histograms(values: Readonly<Record<string, ArrayLike<number>>>, { step }: AtStep): Promise<void> {
    const histograms = Object.entries(values).flatMap(([tag, values]) => {
      const histogram = histogramOf(values);
      return histogram ? [histogramValue(tag, histogram)] : [];
    });
    return this.#values(histograms, step);
  }

  /** A text, shown as Markdown. */
  text(tag: string, text: string, { step }: AtStep): Promise<void> {
    return this.#values([textValue(tag, text)], step);
  }

  /**
   * Begins a run, or goes on with one: what other files of the folder have of this step and later ones is no longer
   * shown.
   */
  start({ step }: AtStep): Promise<void> {
    return this.#write(sessionStartEvent({ wallTime: now(), step: requireStep(step) }));
  }

  /** Waits until all is written. More may be written afterwards. */
  async close(): Promise<void> {
    await this.#written;
    this.#sink.release();
    await this.#onClose();
  }

  async #values(values: readonly MessageWriter[], step: number): Promise<void> {
    requireStep(step);
    if (values.length > 0) await this.#write(summaryEvent({ wallTime: now(), step }, values));
  }

  /** One after the other, whether or not who writes waits for it. */
  #write(event: Uint8Array): Promise<void> {
    const before = this.#begun ? [] : [fileVersionEvent(now())];
    this.#begun = true;
    const written = this.#written.then(async () => {
      for (const bytes of [...before, event]) await this.#sink.write(recordFrame(bytes));
    });
    this.#written = written.catch(() => {}); // told to who wrote it
    return written;
  }
}

function now(): number {
  return Date.now() / 1000;
}

function requireStep(step: number): number {
  if (Number.isSafeInteger(step) && step >= 0) return step;
  throw new RangeError(`TensorBoardWriter: step must be a non-negative integer, got ${step}.`);
}
