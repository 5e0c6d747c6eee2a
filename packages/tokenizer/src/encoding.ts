/** The tokens of a text, or of a pair of texts, with everything that is known of them. */
export interface EncodingFields {
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
  readonly tokens: readonly string[];
  readonly wordIds: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly specialTokensMask: Uint8Array;
  readonly attentionMask: Uint8Array;
  readonly sequenceIds: Int32Array;
  /** How many texts it is of, tokens or not; 0 for one that is put in. */
  readonly sequenceCount: number;
  readonly overflowing: readonly Encoding[];
}

/**
 * The tokens of a text, or of a pair of texts, with everything that is known of them. An immutable value.
 *
 * All arrays have one entry per token, −1 where there is nothing to tell.
 */
export class Encoding {
  readonly ids: Int32Array;
  /** Which segment each token belongs to, as models such as BERT want it. */
  readonly typeIds: Int32Array;
  /** The tokens as the vocabulary writes them; unknown pieces of Unigram and added tokens as the text does. */
  readonly tokens: readonly string[];
  /** Which word of its text each token is of; −1 for tokens that are of no text. */
  readonly wordIds: Int32Array;
  /** Where each token begins in its text: index of a UTF-16 code unit, unless another unit was asked for. */
  readonly starts: Int32Array;
  /** Where each token ends in its text. */
  readonly ends: Int32Array;
  /** 1 for tokens that a post-processor or padding put in. */
  readonly specialTokensMask: Uint8Array;
  /** 0 for padding, 1 for all else. */
  readonly attentionMask: Uint8Array;
  /** Which text each token is of: 0, or 1 for the second of a pair; −1 for tokens that are of none. */
  readonly sequenceIds: Int32Array;
  /** Of how many texts the encoding is, empty ones included: 1, or 2 for a pair; 0 for tokens of none. */
  readonly sequenceCount: number;
  /** What truncation cut off, in windows as long as this one that overlap by the stride. */
  readonly overflowing: readonly Encoding[];

  constructor(fields: EncodingFields) {
    this.ids = fields.ids;
    this.typeIds = fields.typeIds;
    this.tokens = fields.tokens;
    this.wordIds = fields.wordIds;
    this.starts = fields.starts;
    this.ends = fields.ends;
    this.specialTokensMask = fields.specialTokensMask;
    this.attentionMask = fields.attentionMask;
    this.sequenceIds = fields.sequenceIds;
    this.sequenceCount = fields.sequenceCount;
    this.overflowing = fields.overflowing;
  }

  /** The encoding of tokens that are of no text. */
  static special(tokens: readonly (readonly [token: string, id: number])[], typeId: number): Encoding {
    const length = tokens.length;
    return new Encoding({
      ids: Int32Array.from(tokens, ([, id]) => id),
      typeIds: new Int32Array(length).fill(typeId),
      tokens: tokens.map(([token]) => token),
      wordIds: new Int32Array(length).fill(-1),
      starts: new Int32Array(length),
      ends: new Int32Array(length),
      specialTokensMask: new Uint8Array(length).fill(1),
      attentionMask: new Uint8Array(length).fill(1),
      sequenceIds: new Int32Array(length).fill(-1),
      sequenceCount: 0,
      overflowing: [],
    });
  }

  /** Encodings one after the other, and, where some have overflowing windows, all ways to combine those. */
  static concatenate(parts: readonly Encoding[]): Encoding {
    if (parts.length === 1) return parts[0]!;
    // In the reference's order: windows of what came first with the whole of what follows and with its windows, then the
    // beginnings of what came first with the windows of what follows.
    const whole: Encoding[] = [];
    let windows: Encoding[][] = [];
    for (const part of parts) {
      const combined = windows.flatMap((way) =>
        [part, ...part.overflowing].map((choice) => [...way, choice]),
      );
      for (const window of part.overflowing) combined.push([...whole, window]);
      windows = combined;
      whole.push(part);
    }
    return join(
      whole,
      windows.map((way) => join(way, [])),
    );
  }

  get length(): number {
    return this.ids.length;
  }

  /** Start and end of each token; see {@link starts}. */
  get offsets(): [start: number, end: number][] {
    return Array.from(this.starts, (start, index) => [start, this.ends[index]!]);
  }

  /** The text that a token is of, 0 or 1; undefined for tokens of none. */
  tokenToSequence(token: number): number | undefined {
    const id = this.sequenceIds[token];
    return id === undefined || id < 0 ? undefined : id;
  }

  /** The word that a token is of, in the text {@link tokenToSequence} names. */
  tokenToWord(token: number): number | undefined {
    const id = this.wordIds[token];
    return id === undefined || id < 0 ? undefined : id;
  }

  /** Where a token is in its text. */
  tokenToChars(token: number): [start: number, end: number] | undefined {
    if (this.tokenToSequence(token) === undefined) return undefined;
    return [this.starts[token]!, this.ends[token]!];
  }

  /** The tokens of a word: the first, and the one after the last. */
  wordToTokens(word: number, sequence = 0): [start: number, end: number] | undefined {
    let start = -1;
    let end = -1;
    for (let token = 0; token < this.length; token++) {
      if (this.wordIds[token] !== word || this.sequenceIds[token] !== sequence) continue;
      if (start < 0) start = token;
      end = token + 1;
    }
    return start < 0 ? undefined : [start, end];
  }

  /** Where a word is in its text. */
  wordToChars(word: number, sequence = 0): [start: number, end: number] | undefined {
    const tokens = this.wordToTokens(word, sequence);
    return tokens && [this.starts[tokens[0]]!, this.ends[tokens[1] - 1]!];
  }

  /** The first token that covers a place of a text. */
  charToToken(position: number, sequence = 0): number | undefined {
    for (let token = 0; token < this.length; token++) {
      if (this.sequenceIds[token] !== sequence) continue;
      if (this.starts[token]! <= position && position < this.ends[token]!) return token;
    }
    return undefined;
  }

  /** The word that covers a place of a text. */
  charToWord(position: number, sequence = 0): number | undefined {
    const token = this.charToToken(position, sequence);
    return token === undefined ? undefined : this.tokenToWord(token);
  }

  /** Tokens `[start, end)`, without overflowing windows. */
  slice(start: number, end: number): Encoding {
    return new Encoding({
      ids: this.ids.slice(start, end),
      typeIds: this.typeIds.slice(start, end),
      tokens: this.tokens.slice(start, end),
      wordIds: this.wordIds.slice(start, end),
      starts: this.starts.slice(start, end),
      ends: this.ends.slice(start, end),
      specialTokensMask: this.specialTokensMask.slice(start, end),
      attentionMask: this.attentionMask.slice(start, end),
      sequenceIds: this.sequenceIds.slice(start, end),
      sequenceCount: this.sequenceCount,
      overflowing: [],
    });
  }

  /** The encoding with some fields changed. */
  with(fields: Partial<EncodingFields>): Encoding {
    return new Encoding({ ...this, ...fields });
  }

  /** The encoding with the same change made to its overflowing windows. */
  mapWindows(change: (window: Encoding) => Encoding): Encoding {
    const changed = change(this);
    return this.overflowing.length === 0
      ? changed
      : changed.with({ overflowing: this.overflowing.map((window) => window.mapWindows(change)) });
  }
}

function join(parts: readonly Encoding[], overflowing: readonly Encoding[]): Encoding {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joinInts = (field: (part: Encoding) => Int32Array): Int32Array => {
    const joined = new Int32Array(length);
    let end = 0;
    for (const part of parts) {
      joined.set(field(part), end);
      end += part.length;
    }
    return joined;
  };
  const joinBytes = (field: (part: Encoding) => Uint8Array): Uint8Array => {
    const joined = new Uint8Array(length);
    let end = 0;
    for (const part of parts) {
      joined.set(field(part), end);
      end += part.length;
    }
    return joined;
  };
  return new Encoding({
    ids: joinInts((part) => part.ids),
    typeIds: joinInts((part) => part.typeIds),
    tokens: parts.flatMap((part) => part.tokens),
    wordIds: joinInts((part) => part.wordIds),
    starts: joinInts((part) => part.starts),
    ends: joinInts((part) => part.ends),
    specialTokensMask: joinBytes((part) => part.specialTokensMask),
    attentionMask: joinBytes((part) => part.attentionMask),
    sequenceIds: joinInts((part) => part.sequenceIds),
    sequenceCount: parts.reduce((count, part) => Math.max(count, part.sequenceCount), 0),
    overflowing,
  });
}
