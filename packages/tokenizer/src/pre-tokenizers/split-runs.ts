import type { NormalizedText } from '../normalized-text.ts';

/** The kind of a character that makes a part of its own. */
export const SINGLE = -1;

/**
 * Cuts a text into runs of characters of one kind.
 *
 * @param kindOf the kind of a character: 0 leaves it out, {@link SINGLE} keeps it from joining its neighbors
 */
export function splitRuns(
  text: NormalizedText,
  kindOf: (codePoint: number) => number,
  output: NormalizedText[],
): void {
  const { text: characters } = text;
  let start = 0;
  let kind = 0;
  for (let index = 0; index < characters.length; ) {
    const codePoint = characters.codePointAt(index)!;
    const next = kindOf(codePoint);
    if (next !== kind || next === SINGLE) {
      if (kind !== 0 && start < index) output.push(text.slice(start, index));
      start = index;
      kind = next;
    }
    index += codePoint > 0xffff ? 2 : 1;
  }
  if (kind !== 0) output.push(text.slice(start, characters.length));
}
