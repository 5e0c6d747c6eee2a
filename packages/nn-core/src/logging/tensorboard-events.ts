import type { Histogram } from './histogram.ts';
import { MessageWriter } from './message-writer.ts';

/** When an event happened. */
export interface EventTime {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
}

/** What an event file begins with: the version of its format. */
export function fileVersionEvent(wallTime: number): Uint8Array {
  return event({ wallTime, step: 0 }).string(3, 'brain.Event:2').finish();
}

/** The start of a run: what earlier files of the folder have of this step and later ones is left out by TensorBoard. */
export function sessionStartEvent(time: EventTime): Uint8Array {
  const START = 1;
  return event(time).message(7, new MessageWriter().integer(1, START)).finish();
}

/** An event with several values. */
export function summaryEvent(time: EventTime, values: readonly MessageWriter[]): Uint8Array {
  const summary = new MessageWriter();
  for (const value of values) summary.message(1, value);
  return event(time).message(5, summary).finish();
}

export function scalarValue(tag: string, value: number): MessageWriter {
  return new MessageWriter().string(1, tag).chosenFloat(2, value);
}

export function histogramValue(tag: string, histogram: Histogram): MessageWriter {
  const { min, max, count, sum, sumOfSquares, limits, counts } = histogram;
  const proto = new MessageWriter()
    .double(1, min)
    .double(2, max)
    .double(3, count)
    .double(4, sum)
    .double(5, sumOfSquares)
    .doubles(6, limits)
    .doubles(7, counts);
  return new MessageWriter().string(1, tag).message(5, proto);
}

/** A text, which TensorBoard shows as Markdown. */
export function textValue(tag: string, text: string): MessageWriter {
  const STRING = 7;
  const shape = new MessageWriter().message(2, new MessageWriter().integer(1, 1)); // [1]
  const tensor = new MessageWriter().integer(1, STRING).message(2, shape).string(8, text);
  const plugin = new MessageWriter().string(1, 'text');
  const metadata = new MessageWriter().message(1, plugin);
  return new MessageWriter().string(1, tag).message(8, tensor).message(9, metadata);
}

function event({ wallTime, step }: EventTime): MessageWriter {
  return new MessageWriter().double(1, wallTime).integer(2, step);
}
