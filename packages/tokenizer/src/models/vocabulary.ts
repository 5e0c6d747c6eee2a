/** Token texts and their ids, both ways. Ids may be left out. */
export interface TokenLookup {
  /** One more than the largest id. */
  readonly size: number;
  /** How many tokens there are. */
  readonly count: number;
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
  entries(): IterableIterator<[token: string, id: number]>;
  toJSON(): Record<string, number>;
}

/** Token texts and their ids, in memory as such. */
export class Vocabulary implements TokenLookup {
  readonly size: number;
  readonly count: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: readonly (string | undefined)[];

  /** @param tokens token text by id; undefined where an id is left out */
  constructor(tokens: readonly (string | undefined)[]) {
    const ids = new Map<string, number>();
    for (const [id, token] of tokens.entries()) if (token !== undefined) ids.set(token, id);
    this.#ids = ids;
    this.#tokens = tokens;
    this.size = tokens.length;
    this.count = ids.size;
  }

  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokens[id];
  }

  entries(): IterableIterator<[token: string, id: number]> {
    return this.#ids.entries();
  }

  toJSON(): Record<string, number> {
    // Object.fromEntries makes own properties, also of a token named `__proto__`.
    return Object.fromEntries(this.#ids);
  }
}
