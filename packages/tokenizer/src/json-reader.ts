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

  constructor(value: unknown, origin: Origin, path: () => string = () => '') {
    this.value = value;
    this.#origin = origin;
    this.#path = path;
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
    return Object.entries(this.object()).map(([key, value]) => [
      key,
      this.#at(value, () => `[${describeValue(key)}]`),
    ]);
  }

  items(): JsonReader[] {
    if (!Array.isArray(this.value)) throw this.wrong('an array');
    return this.value.map((value: unknown, index) => this.#at(value, () => `[${index}]`));
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

  integerBelow(limit: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= limit) {
      throw new RangeError(this.#message(`an integer from 0 to ${limit - 1}`));
    }
    return value;
  }

  /** Passes if the value is missing, null, or one of `allowed`; else says that the file needs what is not supported. */
  expectAbsent(...allowed: readonly unknown[]): void {
    const { value } = this;
    if (value === undefined || value === null || allowed.includes(value)) return;
    throw this.unsupported('null');
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
      `${this.#origin.caller}: ${this.#where()} is ${got}, which is not supported yet; supported: ${supported}.`,
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
    return new JsonReader(value, this.#origin, () => this.#path() + step());
  }
}
