/** What a character is in its word. */
export const BEGIN = 0;
export const MIDDLE = 1;
export const END = 2;
export const SINGLE = 3;
export const TAGS = 4;

/** Whether a word can go on from the first tag to the second: after Begin and Middle come Middle and End, else a word begins. */
export function canFollow(tag: number, next: number): boolean {
  const inside = tag === BEGIN || tag === MIDDLE;
  return inside === (next === MIDDLE || next === END);
}

export function beginsWord(tag: number): boolean {
  return tag === BEGIN || tag === SINGLE;
}

export function endsWord(tag: number): boolean {
  return tag === END || tag === SINGLE;
}

/** The tag of the character at `index` of a word of `length` characters. */
export function tagAt(index: number, length: number): number {
  if (length === 1) return SINGLE;
  if (index === 0) return BEGIN;
  return index === length - 1 ? END : MIDDLE;
}
