import { lowercaseOf } from '../unicode/lowercase.ts';
import { lowercaseRuns } from '../unicode/tables/lowercase.ts';
import { type CodePointRanges, contains, unionOf } from './code-point-ranges.ts';

/** A set with all characters that differ from one in it by case alone. */
export function withOtherCases(ranges: CodePointRanges): CodePointRanges {
  const added: number[] = [];
  for (const orbit of orbits()) {
    if (!orbit.some((codePoint) => contains(ranges, codePoint))) continue;
    for (const codePoint of orbit) added.push(codePoint, codePoint + 1);
  }
  return added.length === 0 ? ranges : unionOf([...ranges, ...added]);
}

/** Single characters that stand for several letters where case does not matter: of `ﬁ` for `fi`, for example. */
export const ligatures: readonly (readonly [letters: string, codePoints: readonly number[]])[] = [
  ['ffi', [0xfb03]],
  ['ffl', [0xfb04]],
  ['ff', [0xfb00]],
  ['fi', [0xfb01]],
  ['fl', [0xfb02]],
  ['ss', [0xdf, 0x1e9e]],
  ['st', [0xfb05, 0xfb06]],
];

/** Letters that are the same but for case and that lowercase does not bring together: [one, another]. */
const exceptions: readonly (readonly [number, number])[] = [
  [0xb5, 0x3bc],
  [0x17f, 0x73],
  [0x345, 0x3b9],
  [0x1fbe, 0x3b9],
  [0x3c2, 0x3c3],
  [0x3d0, 0x3b2],
  [0x3d1, 0x3b8],
  [0x3d5, 0x3c6],
  [0x3d6, 0x3c0],
  [0x3f0, 0x3ba],
  [0x3f1, 0x3c1],
  [0x3f5, 0x3b5],
  [0x1c80, 0x432],
  [0x1c81, 0x434],
  [0x1c82, 0x43e],
  [0x1c83, 0x441],
  [0x1c84, 0x442],
  [0x1c85, 0x442],
  [0x1c86, 0x44a],
  [0x1c87, 0x463],
  [0x1c88, 0xa64b],
  [0x1e9b, 0x1e61],
  [0x1fd3, 0x390],
  [0x1fe3, 0x3b0],
  [0xfb05, 0xfb06],
];

let found: readonly (readonly number[])[] | undefined;

/** Groups of characters that differ by case alone. */
function orbits(): readonly (readonly number[])[] {
  if (found) return found;
  const groups = new Map<number, number[]>();
  const join = (one: number, other: number): void => {
    const first = groups.get(one) ?? [one];
    const second = groups.get(other) ?? [other];
    if (first === second) return;
    const joined = [...first, ...second];
    for (const codePoint of joined) groups.set(codePoint, joined);
  };
  for (const run of lowercaseRuns.split(' ')) {
    const [start, count, step] = run.split(',').map((number) => Number.parseInt(number, 36));
    for (let index = 0; index < count!; index++) {
      const codePoint = start! + index * step!;
      join(codePoint, lowercaseOf(codePoint)!.codePointAt(0)!);
    }
  }
  // ASCII is not in the runs' way, but in them too; the other letters follow.
  for (const [one, other] of exceptions) join(one, other);
  found = [...new Set(groups.values())];
  return found;
}
