import { describeValue } from '../describe-value.ts';
import type { JsonReader } from '../json-reader.ts';
import { Vocabulary } from './vocabulary.ts';

/** Ids stay small enough that a hostile file cannot make large tables, and a merge's rank and position fit in one double. */
export const largestVocabSize: number = 2 ** 20;

/** Reads an object from token text to id. */
export function readVocab(reader: JsonReader): Vocabulary {
  const tokens: (string | undefined)[] = [];
  for (const [token, entry] of reader.entries()) {
    const id = entry.integerBelow(largestVocabSize);
    const owner = tokens[id];
    if (owner !== undefined) throw entry.misplaced(`an id of its own (${describeValue(owner)} has it too)`);
    while (tokens.length <= id) tokens.push(undefined);
    tokens[id] = token;
  }
  return new Vocabulary(tokens);
}
