import { readingSource, type TensorEntry, type TensorSource } from './tensor-source.ts';
import { quote } from './unique-json.ts';

/**
 * How tensors are named instead: new beginnings for old ones, of which the longest that fits counts
 * (`{ 'transformer.': '', 'lm_head.': 'head.' }`), or a function of the name. Names that get `undefined` are left out.
 */
export type TensorNames =
  | Readonly<Record<string, string | undefined>>
  | ((name: string) => string | undefined);

/**
 * The same tensors under other names. Nothing is read.
 *
 * @throws {RangeError} if two get the same name
 * @example
 * const encoder = renameTensors(source, { 'bert.': '', 'cls.': undefined });
 */
export function renameTensors(source: TensorSource, names: TensorNames): TensorSource {
  const newName = typeof names === 'function' ? names : beginnings(names);
  const oldNames = new Map<string, string>();
  const tensors = new Map<string, TensorEntry>();
  for (const [old, entry] of source.tensors) {
    const name = newName(old);
    if (name === undefined) continue;
    if (tensors.has(name)) {
      throw new RangeError(
        `renameTensors: names must stay different, got ${quote(name)} for ${quote(oldNames.get(name))} and ${quote(old)} of ${source.source}.`,
      );
    }
    tensors.set(name, entry);
    oldNames.set(name, old);
  }
  return readingSource({ source: source.source, metadata: source.metadata, tensors }, (name, ranges) =>
    source.readRaw(oldNames.get(name)!, ranges),
  );
}

function beginnings(
  names: Readonly<Record<string, string | undefined>>,
): (name: string) => string | undefined {
  const longestFirst = Object.entries(names).sort(([a], [b]) => b.length - a.length);
  return (name) => {
    const found = longestFirst.find(([beginning]) => name.startsWith(beginning));
    if (!found) return name;
    const [beginning, replacement] = found;
    return replacement === undefined ? undefined : replacement + name.slice(beginning.length);
  };
}
