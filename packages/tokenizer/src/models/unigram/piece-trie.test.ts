import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PieceTrie } from './piece-trie.ts';

function find(trie: PieceTrie, text: string): number {
  let node = 0;
  for (let index = 0; index < text.length; index++) {
    node = trie.child(node, text.charCodeAt(index));
    if (node < 0) return -1;
  }
  return trie.valueAt(node);
}

const piece = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'b', '▁', '中'),
    fc.integer({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  ),
  maxLength: 6,
});

test('pieces have the values they were given last, and nothing else has one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.nat())), fc.array(piece), (pieces, others) => {
      const trie = new PieceTrie(pieces);
      const expected = new Map(pieces.filter(([text]) => text !== ''));
      for (const text of [...expected.keys(), ...others]) {
        expect(find(trie, text)).toBe(expected.get(text) ?? -1);
        expect(find(trie, text.slice(1))).toBe(expected.get(text.slice(1)) ?? -1);
      }
    }),
    { numRuns: 200 },
  );
});

test('there is a trie of no pieces, and one of families of every size takes hardly more cells than nodes', () => {
  expect(find(new PieceTrie([]), 'a')).toBe(-1);
  const pieces = Array.from({ length: 20_000 }, (_, index): [string, number] => [
    String.fromCharCode(0x4e00 + (index % 3000), 0x4e00 + ((index * index) % 1009)),
    index,
  ]);
  const trie = new PieceTrie(pieces);
  for (const [text, value] of new Map(pieces)) expect(find(trie, text)).toBe(value);
  const nodes = new Set(pieces.flatMap(([text]) => [text, text[0]])).size;
  expect(trie.cells.length / 4).toBeLessThan(2 * nodes);
});
