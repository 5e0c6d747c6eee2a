/** What a pickle can hold. Tuples are arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleObject;

/** What a pickle holds by reference, or what the host makes of it. */
export abstract class PickleObject {}

/** A list or a set. */
export class PickleList extends PickleObject {
  items: PickleValue[] | undefined;
}

/** A dictionary: keys and values in turn, as they were put in. Of equal keys the last counts. */
export class PickleDict extends PickleObject {
  entries: PickleValue[] | undefined;
}

/** A class or a function, known by its name only. */
export class PickleGlobal extends PickleObject {
  /** Dotted, the module before. */
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** What stands for objects that are left out. */
export class IgnoredObject extends PickleObject {}

/** A value as error messages call it. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof PickleGlobal) return value.name.slice(0, 100);
  if (value instanceof PickleList) return 'a list';
  if (value instanceof PickleDict) return 'a dictionary';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a tuple of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  return typeof value === 'object' ? 'an object' : String(value).slice(0, 100);
}
