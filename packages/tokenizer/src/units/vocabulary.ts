import { describeValue } from '../describe-value.ts';

/** Options of {@link buildVocabulary}. */
export interface BuildVocabularyOptions {
  /** Tokens that get the first ids, in this order, whether or not they occur: `<pad>`, `<unk>`, … (default none). */
  readonly specialTokens?: readonly string[];
  /** The token that stands for units that are not in the vocabulary; it joins `specialTokens` (default none: such units are an error). */
  readonly unknownToken?: string;
  /** Units that occur less often are left out (default 1). */
  readonly minFrequency?: number;
  /** Most entries, special tokens included; the most frequent units stay (default no limit). */
  readonly maxSize?: number;
}

/** The parts of a {@link Vocabulary}, as JSON. */
export interface VocabularyJson {
  /** By id. */
  readonly tokens: readonly string[];
  readonly unknownToken: string | null;
  /** How often each occurred where the vocabulary was built, by id; 0 if that is not known. */
  readonly counts: readonly number[];
}

/**
 * A dictionary between units (characters, words, anything that is a string) and ids 0, 1, 2, …; what stands between a text and an
 * embedding's rows.
 */
export class Vocabulary {
  /** By id. */
  readonly tokens: readonly string[];
  readonly unknownToken: string | undefined;
  readonly #counts: readonly number[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws {TypeError} if a part is missing or of another type @throws {RangeError} if a token is there twice, or the unknown token is not there */
  constructor({ tokens, unknownToken, counts }: VocabularyJson) {
    if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === 'string')) {
      throw new TypeError(`Vocabulary: tokens must be an array of strings, got ${describeValue(tokens)}.`);
    }
    if (!Array.isArray(counts) || counts.length !== tokens.length || !counts.every(Number.isSafeInteger)) {
      throw new TypeError(
        `Vocabulary: counts must be ${tokens.length} integers, one for each token, got ${describeValue(counts)}.`,
      );
    }
    this.tokens = [...tokens];
    this.#counts = [...counts];
    this.#ids = new Map(this.tokens.map((token, id) => [token, id]));
    if (this.#ids.size < tokens.length) {
      const twice = tokens.find((token, id) => this.#ids.get(token) !== id);
      throw new RangeError(`Vocabulary: tokens must differ, got ${describeValue(twice)} twice.`);
    }
    this.unknownToken = unknownToken ?? undefined;
    if (this.unknownToken !== undefined && !this.#ids.has(this.unknownToken)) {
      throw new RangeError(
        `Vocabulary: unknownToken must be one of the tokens, got ${describeValue(unknownToken)}.`,
      );
    }
  }

  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /**
   * The id of a token; that of the unknown token for others.
   *
   * @throws {RangeError} if it is not there, and there is no unknown token
   */
  idOf(token: string): number {
    const id = this.#ids.get(token) ?? (this.unknownToken !== undefined && this.#ids.get(this.unknownToken));
    if (typeof id === 'number') return id;
    throw new RangeError(
      `Vocabulary: token must be one of the ${this.size} that the vocabulary has, got ${describeValue(token)}. Build it with an unknownToken.`,
    );
  }

  /** @throws {RangeError} if there is no such id */
  tokenOf(id: number): string {
    const token = this.tokens[id];
    if (token !== undefined) return token;
    throw new RangeError(
      `Vocabulary: id must be at least 0 and below ${this.size}, got ${describeValue(id)}.`,
    );
  }

  /** How often a token occurred where the vocabulary was built; 0 for special tokens and for others. */
  countOf(token: string): number {
    return this.#counts[this.#ids.get(token) ?? -1] ?? 0;
  }

  /** @throws {RangeError} as {@link idOf} */
  encode(units: Iterable<string>): Int32Array {
    return Int32Array.from(units, (unit) => this.idOf(unit));
  }

  /** @throws {RangeError} as {@link tokenOf} */
  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.tokenOf(id));
  }

  /** What the constructor takes. */
  toJSON(): VocabularyJson {
    return { tokens: this.tokens, unknownToken: this.unknownToken ?? null, counts: this.#counts };
  }
}

/**
 * Counts units and gives the most frequent ones the smallest ids; of equals, the one that comes first in code unit order.
 *
 * @param units all units of a corpus, one after the other; a text is its code points
 * @throws {RangeError} if an option is out of range
 * @example
 * const words = textUnits('the cat and the hat', 'word').filter(({ isWord }) => isWord).map(({ text }) => text);
 * const vocabulary = buildVocabulary(words, { unknownToken: '<unk>' });
 * vocabulary.tokens; // [ '<unk>', 'the', 'and', 'cat', 'hat' ]
 * vocabulary.encode(['the', 'dog']); // Int32Array [1, 0]
 */
export function buildVocabulary(
  units: Iterable<string>,
  {
    specialTokens = [],
    unknownToken,
    minFrequency = 1,
    maxSize = Number.MAX_SAFE_INTEGER,
  }: BuildVocabularyOptions = {},
): Vocabulary {
  const isMissing = unknownToken !== undefined && !specialTokens.includes(unknownToken);
  const special = isMissing ? [...specialTokens, unknownToken] : specialTokens;
  for (const [name, value, smallest] of [
    ['minFrequency', minFrequency, 1],
    ['maxSize', maxSize, special.length],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < smallest) {
      throw new RangeError(
        `buildVocabulary: ${name} must be an integer of at least ${smallest}, got ${describeValue(value)}.`,
      );
    }
  }
  const counts = new Map<string, number>();
  for (const unit of units) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  for (const token of special) counts.delete(token);
  const chosen = [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, maxSize - special.length);
  return new Vocabulary({
    tokens: [...special, ...chosen.map(([unit]) => unit)],
    unknownToken: unknownToken ?? null,
    counts: [...special.map(() => 0), ...chosen.map(([, count]) => count)],
  });
}
