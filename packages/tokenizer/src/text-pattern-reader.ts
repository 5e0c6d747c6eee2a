import type { JsonReader } from './json-reader.ts';
import { RegexPattern } from './regex/regex-pattern.ts';
import { LiteralPattern, type TextPattern } from './text-pattern.ts';

/** Reads a pattern: `{ "String": … }`, `{ "Regex": … }`. */
export function readTextPattern(reader: JsonReader): TextPattern {
  const fields = reader.object();
  if ('String' in fields) return new LiteralPattern(reader.field('String').string());
  const regex = reader.field('Regex');
  try {
    return new RegexPattern(regex.string());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw regex.misplaced(`a regular expression that is supported (${error.message})`);
  }
}
