import type { TrainEvent } from '../training/train-event.ts';
import type { TrainLogger } from './train-logger.ts';

/**
 * Passes the events of training on, after each logger has taken them. The loggers are closed at the end: also when
 * training fails, or the loop is left. A logger that fails, for example because the disk is full, ends training; the
 * model is as after the last event.
 *
 * @example
 * const loggers = [terminalLogger(process.stderr), jsonLinesFile('run/log.jsonl')];
 * for await (const event of logged(train(model, data, { steps, optimizer, runtime }), loggers)) {
 *   if (event.type === 'evaluation-end') show(event.loss);
 * }
 */
export async function* logged(
  events: AsyncIterable<TrainEvent>,
  loggers: readonly TrainLogger[],
): AsyncGenerator<TrainEvent, void, void> {
  let failed = false;
  try {
    for await (const event of events) {
      for (const logger of loggers) await logger.log(event);
      yield event;
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await closeAll(loggers, failed);
  }
}

/** Closes all of them, whichever fail. What failed before matters more. */
async function closeAll(loggers: readonly TrainLogger[], failed: boolean): Promise<void> {
  const closed = await Promise.allSettled(loggers.map(async (logger) => logger.close?.()));
  for (const result of closed) if (result.status === 'rejected' && !failed) throw result.reason;
}
