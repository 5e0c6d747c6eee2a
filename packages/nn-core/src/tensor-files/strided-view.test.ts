import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteSource } from './byte-source.ts';
import { readView, rowMajorStrides, sliceView, viewEnd } from './strided-view.ts';

/** A view's elements one by one, by the definition of strides. */
function elementsOf(storage: readonly number[], view: Parameters<typeof viewEnd>[0]): number[] {
  const walk = (axis: number, at: number): number[] => {
    const length = view.shape[axis];
    if (length === undefined) return [storage[at]!];
    return Array.from({ length }, (_, index) => walk(axis + 1, at + index * view.strides[axis]!)).flat();
  };
  return walk(0, view.offset);
}

test('views of any strides are read as they are defined, in blocks of any size', async () => {
  const axis = fc.record({ length: fc.nat(4), stride: fc.nat(7) });
  const range = fc.option(fc.tuple(fc.nat(3), fc.nat(4)), { nil: undefined });
  const cases = fc.record({
    axes: fc.array(axis, { maxLength: 4 }),
    offset: fc.nat(5),
    ranges: fc.array(range, { maxLength: 4 }),
    size: fc.constantFrom(1, 2, 4, 8),
    blockBytes: fc.constantFrom(1, 16, 64, 4096),
    shift: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ axes, offset, ranges, size, blockBytes, shift }) => {
      const whole = { shape: axes.map((a) => a.length), strides: axes.map((a) => a.stride), offset };
      const inside = ranges.slice(0, axes.length).map((each, index): [number, number] | undefined => {
        if (!each) return undefined;
        const begin = Math.min(each[0], axes[index]!.length);
        return [begin, Math.min(begin + each[1], axes[index]!.length)];
      });
      const view = sliceView(whole, inside);
      expect(viewEnd(view)).toBeLessThanOrEqual(viewEnd(whole));
      const count = viewEnd(whole);
      const storage = Array.from({ length: count }, (_, index) => index);
      const bytes = new Uint8Array(shift + count * size).subarray(shift);
      for (const value of storage) bytes[value * size] = value;
      const result = await readView(byteSource(bytes, 'x'), view, size, blockBytes);
      expect(result.length).toBe(view.shape.reduce((product, length) => product * length, size));
      expect([...result].filter((_, index) => index % size === 0)).toEqual(elementsOf(storage, view));
    }),
    { numRuns: 1000 },
  );
});

test('reading asks for few bytes: those of the rows, or blocks where elements lie apart', async () => {
  const asked: [number, number][] = [];
  const storage = {
    size: 4e6,
    read: async (begin: number, end: number) => {
      asked.push([begin, end]);
      return new Uint8Array(end - begin);
    },
  };
  const matrix = { shape: [1000, 1000], strides: rowMajorStrides([1000, 1000]), offset: 0 };
  await readView(storage, sliceView(matrix, [[3, 5]]), 4);
  expect(asked.splice(0)).toEqual([[12_000, 20_000]]);
  await readView(storage, sliceView(matrix, [undefined, [10, 12]]), 4, 1_000_000);
  expect(asked.map(([begin, end]) => end - begin)).toEqual([996_008, 996_008, 996_008, 996_008]);
  asked.length = 0;
  await readView(storage, sliceView(matrix, [undefined, [10, 12]]), 4, 1000);
  expect(asked.length).toBe(1000);
  expect(asked[999]).toEqual([3_996_040, 3_996_048]);
});
