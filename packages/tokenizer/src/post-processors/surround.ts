import { Encoding } from '../encoding.ts';
import type { SpecialToken } from './post-processor.ts';

/** An encoding, and its windows, with special tokens before and after it. */
export function surround(
  encoding: Encoding,
  before: readonly SpecialToken[],
  after: readonly SpecialToken[],
  typeId: number,
): Encoding {
  return encoding.mapWindows((window) => {
    const alone = window.with({ overflowing: [], specialTokensMask: new Uint8Array(window.length) });
    const parts = [alone];
    if (before.length > 0) parts.unshift(Encoding.special(before, typeId));
    if (after.length > 0) parts.push(Encoding.special(after, typeId));
    return Encoding.concatenate(parts).with({ overflowing: window.overflowing });
  });
}

/** Ids with special tokens before and after them. */
export function surroundIds(
  ids: Int32Array,
  before: readonly SpecialToken[],
  after: readonly SpecialToken[],
): Int32Array {
  const surrounded = new Int32Array(before.length + ids.length + after.length);
  for (const [index, [, id]] of before.entries()) surrounded[index] = id;
  surrounded.set(ids, before.length);
  for (const [index, [, id]] of after.entries()) surrounded[before.length + ids.length + index] = id;
  return surrounded;
}
