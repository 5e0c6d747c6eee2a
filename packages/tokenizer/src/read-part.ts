import type { JsonReader } from './json-reader.ts';

/** How the parts of one kind are read, by their `type`. */
export type PartReaders<Part> = Readonly<Record<string, (reader: JsonReader) => Part>>;

/**
 * Reads a part of a tokenizer by its `type`.
 *
 * @throws {RangeError} if the type is none of those that can be read
 */
export function readPart<Part>(reader: JsonReader, readers: PartReaders<Part>): Part {
  const type = reader.field('type').value;
  if (typeof type !== 'string' || !Object.hasOwn(readers, type)) {
    const names = Object.keys(readers).map((name) => JSON.stringify(name));
    throw reader.unsupported(names.join(', '));
  }
  return readers[type]!(reader);
}
