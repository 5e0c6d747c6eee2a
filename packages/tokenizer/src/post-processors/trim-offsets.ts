import type { Encoding } from '../encoding.ts';
import { isWhiteSpace } from '../unicode/characters.ts';

/**
 * The encoding with places that do not cover white space at the beginning and end of tokens.
 *
 * @param addPrefixSpace whether one space at the beginning of a text is not the text's, but was put in
 */
export function trimOffsets(encoding: Encoding, addPrefixSpace: boolean): Encoding {
  return encoding.mapWindows((window) => {
    const starts = window.starts.slice();
    const ends = window.ends.slice();
    for (const [index, token] of window.tokens.entries()) {
      let leading = countSpaces(token, 0, 1);
      const trailing = countSpaces(token, token.length - 1, -1);
      if (leading > 0) {
        const isFirst = index === 0 || starts[index] === 0;
        if (isFirst && addPrefixSpace && leading === 1) leading = 0;
        starts[index] = Math.min(starts[index]! + leading, ends[index]!);
      }
      if (trailing > 0 && ends[index]! >= trailing) {
        ends[index] = Math.max(ends[index]! - trailing, starts[index]!);
      }
    }
    return window.with({ starts, ends });
  });
}

/** How many spaces, or `Ġ` for them, there are from an index on. */
function countSpaces(token: string, from: number, step: 1 | -1): number {
  let count = 0;
  for (let index = from; index >= 0 && index < token.length; index += step) {
    const unit = token.charCodeAt(index);
    if (unit !== 0x120 && !isWhiteSpace(unit)) break;
    count++;
  }
  return count;
}
