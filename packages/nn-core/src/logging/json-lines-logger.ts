import { requireSizes } from '../module/require-sizes.ts';
import type { TrainEvent } from '../training/train-event.ts';
import { type Sink, sinkWriter } from './sink.ts';
import type { TrainLogger } from './train-logger.ts';

/** Options of {@link jsonLinesLogger}. */
export interface JsonLinesOptions {
  /** Steps between two `step-end` events that are written; default 1. All other events are. */
  readonly interval?: number;
}

/**
 * Writes every event as a line of JSON, its fields behind the `time` (ISO 8601). What is not finite is null.
 *
 * `jsonLinesFile` of `@wordloom/nn-core/node` writes a file that goes on where a resumed run does.
 *
 * @param sink takes whole lines, with their line feed
 * @example
 * const lines: string[] = [];
 * for await (const event of logged(train(model, data, options), [jsonLinesLogger((line) => lines.push(line))])) report(event);
 */
export function jsonLinesLogger(sink: Sink<string>, options: JsonLinesOptions = {}): TrainLogger {
  requireJsonLinesOptions('jsonLinesLogger', options);
  const writer = sinkWriter(sink);
  return {
    async log(event) {
      if (isDue(event, options)) await writer.write(jsonLine(event));
    },
    close: () => writer.release(),
  };
}

/** @throws {RangeError} naming the option that is out of range */
export function requireJsonLinesOptions(owner: string, { interval = 1 }: JsonLinesOptions): void {
  requireSizes(owner, { interval });
}

/** Whether an event is written: all but the steps between two intervals. */
export function isDue(event: TrainEvent, { interval = 1 }: { readonly interval?: number }): boolean {
  return event.type !== 'step-end' || event.step % interval === 0 || event.step === event.steps;
}

export function jsonLine(event: TrainEvent): string {
  return `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
}
