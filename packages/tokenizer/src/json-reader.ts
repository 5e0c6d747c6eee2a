import { describeValue } from './describe-value.ts';

/** Whose fault an error is: the function that was called and the file it was given. */
export interface Origin {
  readonly caller: string;
  readonly source: string;
}

/**
 * Reads fields of a foreign JSON file, with errors that name the file and the field.
 *
 * A reader stands at one value; `field` goes down to a part of it.
 */
export class JsonReader {
  readonly value: unknown;
  readonly #origin: Origin;
  /** Where the value is in the file, such as `.model.vocab["the"]`; put together only when an error needs it. */
  readonly #path: () => string;
  /** How many steps it is from the top of the file. */
  readonly #depth: number;

  constructor(value: unknown, origin: Origin, path: () => string = () => '', depth = 0) {
    this.value = value;
    this.#origin = origin;
    this.#path = path;
    this.#depth = depth;
  }

  /** A reader of JSON text. */
  static parse(text: string, origin: Origin): JsonReader {
    try {
      // A byte order mark is allowed, as editors add one.
      return new JsonReader(JSON.parse(text.replace(/^\ufeff/, '')), origin);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TypeError(`${origin.caller}: ${origin.source} must be JSON. ${reason}`, { cause: error });
    }
  }

  field(name: string): JsonReader {
    return this.#at(this.object()[name], () => `.${name}`);
  }

  object(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.wrong('an object');
    return value as Record<string, unknown>;
  }

  entries(): [key: string, reader: JsonReader][] {
    return Object.keys(this.object()).map((key) => [key, this.entry(key)]);
  }

  /** An entry of an object whose keys the file chooses. */
  entry(key: string): JsonReader {
    return this.#at(this.object()[key], () => `[${describeValue(key)}]`);
  }

  items(): JsonReader[] {
    return this.array().map((_, index) => this.item(index));
  }

  item(index: number): JsonReader {
    return this.#at(this.array()[index], () => `[${index}]`);
  }

  array(): readonly unknown[] {
    if (!Array.isArray(this.value)) throw this.wrong('an array');
    return this.value;
  }

  /** The items of an array of parts that may hold arrays of parts, and so on, but not endlessly. */
  nested(): JsonReader[] {
    if (this.#depth > DEEPEST) throw this.misplaced(`nested at most ${DEEPEST} levels deep`);
    return this.items();
  }

  string(): string {
    if (typeof this.value !== 'string') throw this.wrong('a string');
    return this.value;
  }

  /** A boolean, or `fallback` where the field is missing or null. */
  boolean(fallback: boolean): boolean {
    if (this.value === undefined || this.value === null) return fallback;
    if (typeof this.value !== 'boolean') throw this.wrong('true or false');
    return this.value;
  }

  /** A string, or null where the field is missing or null. */
  stringOrNull(): string | null {
    return this.isAbsent ? null : this.string();
  }

  /** A string, or `fallback` where the field is missing or null. */
  stringOr(fallback: string): string {
    return this.isAbsent ? fallback : this.string();
  }

  /** A string of exactly one character. */
  character(): string {
    const text = this.string();
    if ([...text].length !== 1) throw this.misplaced('one character');
    return text;
  }

  /** Whether the field is missing or null. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** One of some strings. */
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const text = this.string() as Choice;
    if (!choices.includes(text))
      throw this.misplaced(`one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`);
    return text;
  }

  /** A finite number. */
  number(): number {
    if (typeof this.value !== 'number' || !Number.isFinite(this.value)) throw this.wrong('a number');
    return this.value;
  }

  /** A number from 0 to 1, or null where the field is missing or null. */
  probabilityOrNull(): number | null {
    if (this.isAbsent) return null;
    const { value } = this;
    if (typeof value !== 'number') throw this.wrong('a number from 0 to 1');
    if (!(value >= 0 && value <= 1)) throw this.misplaced('a number from 0 to 1');
    return value;
  }

  /** An integer from 0 on, or `fallback` where the field is missing or null. */
  count(fallback: number): number {
    return this.isAbsent ? fallback : this.integerBelow(2 ** 31);
  }

  integerBelow(limit: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= limit) {
      throw new RangeError(this.#message(`an integer from 0 to ${limit - 1}`));
    }
    return value;
  }

  /** A value of the wrong type. */
  wrong(expectation: string): TypeError {
    return new TypeError(this.#message(expectation));
  }

  /** A value that is right in itself, but out of place in this file. */
  misplaced(expectation: string): RangeError {
    return new RangeError(this.#message(expectation));
  }

  /** A value that other software supports. */
  unsupported(supported: string): RangeError {
    const { value } = this;
    const type = typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : undefined;
    const got = type === undefined ? describeValue(value) : `type ${describeValue(type)}`;
    return new RangeError(
      `${this.#origin.caller}: ${this.#where()} must be one that is supported (${supported}), got ${got}.`,
    );
  }

  #message(expectation: string): string {
    const got = this.value === undefined ? 'nothing' : describeValue(this.value);
    return `${this.#origin.caller}: ${this.#where()} must be ${expectation}, got ${got}.`;
  }

  #where(): string {
    const path = this.#path();
    return path === '' ? this.#origin.source : `${this.#origin.source}: ${path.replace(/^\./, '')}`;
  }

  #at(value: unknown, step: () => string): JsonReader {
    return new JsonReader(value, this.#origin, () => this.#path() + step(), this.#depth + 1);
  }
}

/** Deeper than any tokenizer nests its parts. */
const DEEPEST = 64;
