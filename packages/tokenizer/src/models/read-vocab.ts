import { describeValue } from '../describe-value.ts';
import type { JsonReader } from '../json-reader.ts';
import { Vocabulary } from './vocabulary.ts';

/** Ids stay small enough that a hostile file cannot make large tables, and a merge's rank and position fit in one double. */
export const largestVocabSize: number = 2 ** 20;

/** Reads an object from token text to id. */
export function readVocab(reader: JsonReader): Vocabulary {
  const tokens: (string | undefined)[] = [];
  const ids = reader.object();
  for (const token of Object.keys(ids)) {
    const value = ids[token];
    // A reader for each of hundreds of thousands of entries would take longer than all else.
    const id = isId(value) ? value : reader.entry(token).integerBelow(largestVocabSize);
    const owner = tokens[id];
    if (owner !== undefined) {
      throw reader.entry(token).misplaced(`an id of its own (${describeValue(owner)} has it too)`);
    }
    while (tokens.length <= id) tokens.push(undefined);
    tokens[id] = token;
  }
  return new Vocabulary(tokens);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < largestVocabSize;
}
