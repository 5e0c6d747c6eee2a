import type { JsonReader } from './json-reader.ts';

/** A vocabulary while it is read. */
export interface Vocab {
  readonly ids: Map<string, number>;
  /** Token text by id; undefined where an id is missing. */
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
    const owner = tokens[id];
    if (owner !== undefined) throw entry.misplaced(`an id of its own (${JSON.stringify(owner)} has it too)`);
    addToken({ ids, tokens }, token, id);
  }
  return { ids, tokens };
}

/** Adds a token whose text and id are free; ids that are left out hold undefined, so that no array method skips them. */
export function addToken({ ids, tokens }: Vocab, token: string, id: number): void {
  while (tokens.length <= id) tokens.push(undefined);
  tokens[id] = token;
  ids.set(token, id);
}
