import { quote } from '../tensor-files/unique-json.ts';
import type { Refuse } from './pickle-reader.ts';
import { describeValue, IgnoredObject, PickleDict, PickleList, type PickleValue } from './pickle-values.ts';
import { TorchTensor } from './torch-objects.ts';

/** What a file holds, each under the keys on the way to it, joined by dots. */
export interface FlatState {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Numbers, strings and booleans, as text. */
  readonly scalars: ReadonlyMap<string, string>;
}

/** Dictionaries in dictionaries; training states have four or five. */
const MAX_DEPTH = 32;

/** Characters of names and numbers for each byte of the pickle: far above what objects need that are there once. */
const CHARACTERS_PER_BYTE = 16;

/**
 * Nested dictionaries, lists and tuples as one list of names. A pickle can hold an object at many places, and so be small and
 * yet describe names without end: more than its size allows are refused.
 *
 * @param pickleSize in bytes
 */
export function flattenState(root: PickleValue, pickleSize: number, refuse: Refuse): FlatState {
  const tensors = new Map<string, TorchTensor>();
  const scalars = new Map<string, string>();
  let budget = 1000 + CHARACTERS_PER_BYTE * pickleSize;
  const spend = (characters: number): void => {
    budget -= characters;
    if (budget < 0) throw refuse('its names must not take far more than the pickle, they do');
  };
  const put = <Value>(values: Map<string, Value>, name: string, value: Value): void => {
    if (tensors.has(name) || scalars.has(name)) {
      throw refuse(`name ${quote(name)} must be there once, it is there twice`);
    }
    values.set(name, value);
  };
  const visit = (value: PickleValue, path: string, depth: number): void => {
    spend(1 + path.length);
    if (value instanceof TorchTensor) {
      put(tensors, path || 'tensor', value);
    } else if (typeof value === 'string') {
      put(scalars, path || 'value', value);
    } else if (value !== null && typeof value !== 'object') {
      const text = String(value);
      spend(text.length);
      put(scalars, path || 'value', text);
    } else {
      spend(value instanceof PickleDict ? (value.entries?.length ?? 0) : 0); // equal keys have no members
      const members = membersOf(value, refuse);
      if (members.length > 0 && depth === MAX_DEPTH) {
        throw refuse(`dictionaries must be at most ${MAX_DEPTH} deep, got more at ${quote(path)}`);
      }
      for (const [key, member] of members) visit(member, path ? `${path}.${key}` : key, depth + 1);
    }
  };
  visit(root, '', 0);
  return { tensors, scalars };
}

/** What a dictionary, list or tuple holds; nothing of other objects. */
function membersOf(value: PickleValue, refuse: Refuse): readonly (readonly [key: string, PickleValue])[] {
  const items = value instanceof PickleList ? value.items : Array.isArray(value) ? value : undefined;
  if (items) return items.map((item, index) => [`${index}`, item]);
  if (!(value instanceof PickleDict && value.entries)) return [];
  const members = new Map<PickleValue, PickleValue>();
  for (let index = 0; index < value.entries.length; index += 2) {
    members.set(value.entries[index]!, value.entries[index + 1]!); // of equal keys the last counts
  }
  return Array.from(members)
    .filter(([key]) => !(key instanceof IgnoredObject))
    .map(([key, member]) => {
      if (key !== null && typeof key !== 'object') return [String(key), member];
      throw refuse(`a dictionary's keys must be strings or numbers, got ${describeValue(key)}`);
    });
}
