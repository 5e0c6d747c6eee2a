import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PairMap } from './pair-map.ts';

test('a pair map holds what a map of pairs holds', () => {
  const id = fc.oneof(fc.nat(3), fc.nat(2 ** 20));
  fc.assert(
    fc.property(fc.array(fc.tuple(id, id, fc.nat()), { maxLength: 200 }), (entries) => {
      const pairs = new PairMap();
      const expected = new Map<string, number>();
      for (const [left, right, value] of entries) {
        pairs.set(left, right, value);
        expected.set(`${left},${right}`, value);
      }
      for (const [left, right] of entries) {
        expect(pairs.get(left, right)).toBe(expected.get(`${left},${right}`));
        expect(pairs.get(right, left)).toBe(expected.get(`${right},${left}`) ?? -1);
      }
      expect(pairs.size).toBe(expected.size);
    }),
  );
});
