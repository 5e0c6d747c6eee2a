/** A character and how often the text has it. */
export type CharacterCount = readonly [character: string, count: number];

/** What a text is made of. */
export interface Vocabulary {
  /** Code points in the text. */
  readonly characterCount: number;
  /** Every different one, the most frequent first. */
  readonly characters: readonly CharacterCount[];
}

export function countCharacters(text: string): Vocabulary {
  const counts = new Map<string, number>();
  let characterCount = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    characterCount++;
  }
  return { characterCount, characters: [...counts].sort(([, a], [, b]) => b - a) };
}
