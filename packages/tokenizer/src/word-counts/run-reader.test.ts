import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryRun, RunReader } from './run-reader.ts';
import { RunWriter } from './run-writer.ts';
import { type WordCursor, wordAt } from './word-cursor.ts';

/** A cursor at one word. */
function word(text: string, count: number): WordCursor {
  const isWide = [...text].some((character) => character > 'ÿ');
  const bytes = isWide
    ? new Uint8Array(Uint16Array.from(text, (_, at) => text.charCodeAt(at)).buffer)
    : Uint8Array.from(text, (unit) => unit.charCodeAt(0));
  return { bytes, start: 0, byteLength: bytes.length, isWide, count, next: () => false };
}

function read(run: MemoryRun, blockBytes: number): [string, number][] {
  const reader = new RunReader(run, blockBytes);
  const words: [string, number][] = [];
  while (reader.next()) words.push([wordAt(reader), reader.count]);
  return words;
}

test('a run is read as it was written, wherever the borders of blocks are, with counts up to 2^53 - 1', () => {
  const anyWord = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'é', '中', '\ude00'), maxLength: 5 }),
    fc.string({ unit: fc.constantFrom('a', '中'), maxLength: 400 }),
  );
  const anyCount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.maxSafeNat());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyWord, anyCount), { maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 200 }),
      (words, writeBlock, readBlock) => {
        const run = new MemoryRun();
        const writer = new RunWriter(run, writeBlock);
        for (const [text, count] of words) writer.add(word(text, count));
        writer.flush();
        expect(read(run, readBlock)).toEqual(words);
      },
    ),
    { seed: 1, numRuns: 100, examples: [[[['the', 2 ** 53 - 1]], 1, 1]] },
  );
});

test('what is no run is an error that names place and file, and takes no memory', () => {
  const run = (bytes: number[]) => {
    const run = new MemoryRun();
    run.write(Uint8Array.from(bytes));
    return run;
  };
  expect(read(run([2, 0x61, 1]), 64)).toEqual([['a', 1]]);
  for (const bytes of [
    [2],
    [2, 0x61],
    [2, 0x61, 0x80],
    Array(12).fill(0xff),
    [...Array(6).fill(0xff), 1, 0],
  ]) {
    expect(() => read(run(bytes), 64)).toThrow(
      /a run in memory must hold words and counts, got something else at byte \d+/,
    );
  }
});
