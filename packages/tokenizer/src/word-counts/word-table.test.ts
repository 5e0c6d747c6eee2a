import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordAt } from './word-cursor.ts';
import { WordTable } from './word-table.ts';

function counted(table: WordTable): [string, number][] {
  const cursor = table.sort()();
  const words: [string, number][] = [];
  while (cursor.next()) words.push([wordAt(cursor), cursor.count]);
  return words;
}

/** JavaScript's own order of strings, and its own map. */
function expected(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

const anyWord = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'ÿ', 'Ā', '中', '\ud83d', '\ude00', '\0'), maxLength: 6 }),
  fc.integer({ min: 0, max: 300 }).map((length) => 'ab'.repeat(length)),
);

test('words are counted and ordered as by a Map and by <, whatever they are, anywhere in a text', () => {
  fc.assert(
    fc.property(fc.array(anyWord, { maxLength: 400 }), (words) => {
      const table = new WordTable();
      const text = words.join('');
      let start = 0;
      for (const word of words) {
        table.add(text, start, start + word.length);
        start += word.length;
      }
      expect(table.size).toBe(new Set(words).size);
      expect(counted(table)).toEqual(expected(words));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a limited table says when it is full, holds what was added until then, and serves again once cleared', () => {
  const table = new WordTable({ memoryLimit: 2 ** 16 });
  for (const prefix of ['a', '中文']) {
    const words: string[] = [];
    for (;;) {
      const word = `${prefix}${words.length}`;
      if (!table.add(word, 0, word.length)) break;
      words.push(word);
    }
    expect(words.length).toBeGreaterThan(1000);
    expect(table.fullness).toBeGreaterThan(0.9);
    expect(table.add(words[7]!, 0, words[7]!.length)).toBe(true); // known words still count
    expect(counted(table)).toEqual(expected([...words, words[7]!]));
    table.clear();
    expect(table.size).toBe(0);
  }
  const huge = '长'.repeat(2 ** 16);
  expect(table.add(huge, 0, huge.length)).toBe(true); // alone, as its text is in memory anyway
  expect(counted(table)).toEqual([[huge, 1]]);
});

test('a limited table takes no more memory than its limit, and most of it for words', () => {
  const limit = 2 ** 24;
  const before = process.memoryUsage().arrayBuffers;
  const table = new WordTable({ memoryLimit: limit });
  let units = 0;
  for (let number = 0; ; number++) {
    const word = (Math.imul(number, 0x9e3779b1) >>> 0).toString(36);
    if (!table.add(word, 0, word.length)) break;
    units += word.length;
  }
  // Smaller tables that were left behind may not have been collected yet: a third of the slots' share.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(limit * 1.2);
  expect(limit / table.size).toBeLessThan(units / table.size + 40); // bytes for each word beside its letters
});

test('counts are exact up to 2^53 - 1, and more is an error', () => {
  const table = new WordTable();
  table.add('the', 0, 3, 2 ** 53 - 2);
  table.add('the', 0, 3);
  expect(() => table.add('the', 0, 3)).toThrow(
    'countWords: "the" must occur at most 2^53 - 1 times, got more.',
  );
  expect(counted(table)).toEqual([['the', 2 ** 53 - 1]]);
});

test('a limit that is too low is refused', () => {
  expect(() => new WordTable({ memoryLimit: 1000 })).toThrow(
    'memoryLimit must be at least 65536 bytes, got 1000.',
  );
});
