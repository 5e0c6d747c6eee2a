import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  isDue,
  type JsonLinesOptions,
  jsonLine,
  requireJsonLinesOptions,
} from '../logging/json-lines-logger.ts';
import { isBefore, type LogPosition, logPosition } from '../logging/log-position.ts';
import type { TrainLogger } from '../logging/train-logger.ts';

/**
 * Writes every event of training as a line of JSON to a file: see {@link jsonLinesLogger}. A line is in the file when
 * its event is passed on, and on the disk with the next checkpoint.
 *
 * A run that goes on appends to the lines of the steps before it. Later ones, of steps that are taken again, and a last
 * line that a crash left unfinished are cut off. A file of which nothing would be left is renamed to `<path>.old`, for
 * it may be another run's.
 *
 * @param path of the file; its folder is made if it is not there
 * @throws {RangeError} with the first event, naming the line, if the file holds anything but objects in JSON; nothing
 * is changed then
 * @example
 * for await (const event of logged(train(model, data, options), [jsonLinesFile('run/log.jsonl')])) report(event);
 */
export function jsonLinesFile(path: string, options: JsonLinesOptions = {}): TrainLogger {
  requireJsonLinesOptions('jsonLinesFile', options);
  let file: FileHandle | undefined;
  let held = ''; // what comes before it is known where the run goes on
  return {
    async log(event) {
      const position = logPosition(event);
      if (!file && position) {
        await mkdir(dirname(path), { recursive: true });
        await cutOff(path, position);
        file = await open(path, 'a');
      }
      if (isDue(event, options)) held += jsonLine(event);
      if (!file) return;
      await file.appendFile(held);
      held = '';
      if (event.type === 'checkpoint-save') await file.datasync();
    },
    async close() {
      await file?.datasync();
      await file?.close();
      file = undefined;
    },
  };
}

/** Leaves the lines of a file that come before a place in the run. */
async function cutOff(path: string, next: LogPosition): Promise<void> {
  const size = await sizeOf(path);
  if (size === 0) return;
  const kept = await bytesBefore(path, next);
  if (kept === 0) await rename(path, `${path}.old`);
  else if (kept < size) await truncate(path, kept);
}

async function bytesBefore(path: string, next: LogPosition): Promise<number> {
  let kept = 0;
  let number = 0;
  for await (const line of linesOf(path)) {
    const position = logPosition(parse(line, `${path}, line ${++number}`));
    if (position && !isBefore(position, next)) break;
    kept += line.length;
  }
  return kept;
}

/** The lines of a file, as bytes, with their line feeds; without one that has none. */
async function* linesOf(path: string): AsyncGenerator<Buffer, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, begin)) {
      yield bytes.subarray(begin, end + 1);
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
  }
}

const LINE_FEED = 0x0a;

function parse(line: Buffer, place: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line.toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // refused below
  }
  throw new RangeError(
    `jsonLinesFile: ${place} must be an object in JSON, got ${line.toString().slice(0, 40).trim()}. Is it a log?`,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
