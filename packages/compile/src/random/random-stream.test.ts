import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RandomStream, randomKey } from './random-stream.ts';
import { fillDropoutMask, threefry2x32 } from './threefry.ts';

test.each([
  // The known-answer vectors of Random123 1.14: key, counter, result.
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const)(
  'threefry2x32 under key %j and counter %j is %j',
  ([key0, key1], [counter0, counter1], expected) => {
    const out = new Uint32Array(2);
    threefry2x32(key0, key1, counter0, counter1, out);
    expect([...out]).toEqual(expected);
  },
);

test('a stream is a function of its seed and path', () => {
  const draws = (seed: number, ...path: number[]): number[] => {
    const stream = new RandomStream(seed, ...path);
    return Array.from({ length: 5 }, () => stream.uint32());
  };
  expect(draws(1, 2, 3)).toEqual(draws(1, 2, 3));
  const distinct = [
    draws(1),
    draws(1, 0),
    draws(1, 2, 3),
    draws(1, 3, 2),
    draws(2, 2, 3),
    draws(2 ** 40 + 1, 2, 3),
  ];
  expect(new Set(distinct.map((numbers) => numbers.join())).size).toBe(distinct.length);
});

test('uniform, normal and integer draws have the moments they should', () => {
  const stream = new RandomStream(5);
  const mean = (draw: () => number): number => {
    let sum = 0;
    for (let index = 0; index < 40_000; index++) sum += draw();
    return sum / 40_000;
  };
  expect(mean(() => stream.uniform())).toBeCloseTo(0.5, 1.5);
  expect(mean(() => stream.normal())).toBeCloseTo(0, 1.5);
  expect(mean(() => stream.normal() ** 2)).toBeCloseTo(1, 1.2);
  expect(mean(() => stream.integer(7))).toBeCloseTo(3, 1.2);
  expect(() => stream.integer(0)).toThrow(
    'RandomStream.integer: below must be an integer from 1 to 2^32, got 0.',
  );
});

test('a dropout mask is the threefry stream of its key, cut into 16-bit draws', () => {
  const key = randomKey(9, 4, 1);
  const block = new Uint32Array(2);
  const expectedAt = (index: number): number => {
    threefry2x32(key[0]!, key[1]!, Math.floor(index / 4), 0, block);
    const word = block[index % 4 < 2 ? 0 : 1]!;
    const draw = index % 2 === 0 ? word & 0xffff : word >>> 16;
    return draw < 0.75 * 0x10000 ? Math.fround(1 / 0.75) : 0;
  };
  // By the kernel in one go, in several, and with a rest; short ones, and from a group on, without it.
  for (const [length, firstBlock] of [
    [1001, 0],
    [3 * 16384 + 37, 0],
    [5, 0],
    [261, 7],
  ] as const) {
    const mask = new Float32Array(length);
    fillDropoutMask(mask, 0.25, key, firstBlock);
    expect([...mask]).toEqual(Array.from(mask, (_, index) => expectedAt(4 * firstBlock + index)));
  }
});

test('a rate of nearly nothing drops nothing', () => {
  const mask = new Float32Array(100);
  fillDropoutMask(mask, 1e-7, randomKey(0));
  expect(new Set(mask)).toEqual(new Set([Math.fround(1 / (1 - 1e-7))]));
});

test('the committed kernel is what its source gives', () => {
  const script = fileURLToPath(new URL('../../assembly/build.js', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
});
