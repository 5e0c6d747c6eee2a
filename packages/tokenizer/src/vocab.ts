import type { JsonReader } from './json-reader.ts';

/** A vocabulary while it is read. */
export interface Vocab {
  readonly ids: Map<string, number>;
  /** Token text by id; holes where an id is missing. */
  readonly tokens: (string | undefined)[];
}

/** Ids stay small enough that a hostile file cannot make large tables, and a merge's rank and position fit in one double. */
export const largestVocabSize: number = 2 ** 20;

/** Reads an object from token text to id. */
export function readVocab(reader: JsonReader): Vocab {
  const ids = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  for (const [token, entry] of reader.entries()) {
    const id = entry.integerBelow(largestVocabSize);
    while (tokens.length <= id) tokens.push(undefined);
    if (tokens[id] !== undefined)
      throw entry.misplaced(`an id of its own (${JSON.stringify(tokens[id])} has it too)`);
    tokens[id] = token;
    ids.set(token, id);
  }
  return { ids, tokens };
}
