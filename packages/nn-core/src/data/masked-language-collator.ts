import type { RandomStream } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import { IGNORED_TARGET } from './batch.ts';
import type { Collator } from './dataset.ts';
import { cutRows, type FieldValue, type PaddingOptions, type Row, requireRowLength } from './pad-rows.ts';
import { type FieldExample, padFields } from './padding-collator.ts';

/** Options of {@link maskedLanguageCollator}. */
export interface MaskedLanguageOptions extends PaddingOptions {
  readonly vocabSize: number;
  /** The token that stands for a hidden one. */
  readonly maskId: number;
  /** Tokens that are never chosen, such as those of `[CLS]` and `[SEP]`; `padId` is always one. */
  readonly specialIds?: Iterable<number>;
  /** Share of a row's tokens that are to be predicted; default 0.15. */
  readonly probability?: number;
  /** Share of those that become `maskId`; default 0.8. */
  readonly maskShare?: number;
  /** Share of those that become any token of the vocabulary; default 0.1. The rest stay as they are. */
  readonly randomShare?: number;
  /** Chooses whole words, by the examples' `words`; default false. */
  readonly wholeWords?: boolean;
}

/** Token ids with their special tokens; in an object, with what belongs to them. */
export type MaskableExample =
  | ArrayLike<number>
  | {
      readonly tokens: ArrayLike<number>;
      /**
       * For each token the number of its word: neighbors with one number are one word. Null is in none, and never
       * chosen.
       */
      readonly words?: ArrayLike<number | null>;
      /** Further inputs: arrays with one element per token, such as token types, and numbers. */
      readonly fields?: Readonly<Record<string, FieldValue>>;
    };

/**
 * Batches for BERT's cloze task: of each row 15% of the tokens, at least one, are to be predicted; of those 80% are
 * replaced by the mask, 10% by a random token, and 10% stay. Other draws every step, the same in a run that is resumed.
 *
 * The share holds in each row, as in BERT's own code; Hugging Face's collator draws for each token alone. With
 * `wholeWords` words are chosen in random order, those that do not fit the share left out, and each of their tokens is
 * replaced by its own draw.
 *
 * @returns a collator of batches `{ inputs, targets, mask, ...fields }`: `targets` int32 `[rows, length]` has the
 * original token where one is to be predicted and −100 elsewhere
 * @throws {RangeError} naming the option that is out of range; when collating, the row that is too long or broken
 * @see Devlin et al. 2019, "BERT", §3.1 and appendix A.1
 * @example
 * const collate = maskedLanguageCollator({ vocabSize: 30522, maskId: 103, padId: 0, specialIds: [101, 102], length: 128 });
 */
export function maskedLanguageCollator(options: MaskedLanguageOptions): Collator<MaskableExample> {
  requireOptions(options);
  const special = new Set([...(options.specialIds ?? []), options.padId]);
  return (examples, random) => {
    const rows = examples.map((example, index) => rowOf(example, options, index));
    const numbers = examples.map(numbersOf);
    const hidden = cutRows(OWNER, rows, options).map(
      ({ [WORDS]: words, ...row }, index): FieldExample => ({
        ...row,
        ...hide(row as Row, units(row.inputs, words!, special, options), options, random),
        ...numbers[index],
      }),
    );
    return padFields(OWNER, hidden, options);
  };
}

const OWNER = 'maskedLanguageCollator';
/** A row's word numbers, which are cut with it and are no field of the batch. */
const WORDS = 'words';
const NO_WORD = -1;

function rowOf(example: MaskableExample, { wholeWords = false }: MaskedLanguageOptions, index: number): Row {
  const { tokens, words, fields = {} } = 'length' in example ? { tokens: example } : example;
  if (wholeWords && !words) {
    throw new RangeError(`${OWNER}: examples must have words for wholeWords, got none in row ${index}.`);
  }
  const arrays: Record<string, ArrayLike<number>> = {};
  for (const [name, value] of Object.entries(fields)) if (typeof value !== 'number') arrays[name] = value;
  const numbered = words
    ? Array.from(words, (word) => word ?? NO_WORD)
    : Array.from(tokens, (_, place) => place);
  return { ...arrays, inputs: tokens, [WORDS]: numbered };
}

function numbersOf(example: MaskableExample): Readonly<Record<string, number>> {
  const { fields = {} } = 'length' in example ? {} : example;
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** Places that are chosen together: single tokens or words, without those that are never chosen. */
function units(
  tokens: ArrayLike<number>,
  words: ArrayLike<number>,
  special: ReadonlySet<number>,
  { wholeWords = false }: MaskedLanguageOptions,
): number[][] {
  const all: number[][] = [];
  let last: number | undefined; // word of the place before
  for (let place = 0; place < tokens.length; place++) {
    const word = words[place]!;
    if (word === NO_WORD || special.has(tokens[place]!)) {
      last = undefined;
      continue;
    }
    if (wholeWords && word === last) all.at(-1)!.push(place);
    else all.push([place]);
    last = word;
  }
  return all;
}

/** What the model sees of a row, and what it is to predict. */
function hide(
  { inputs }: Row,
  candidates: number[][],
  { vocabSize, maskId, probability = 0.15, maskShare = 0.8, randomShare = 0.1 }: MaskedLanguageOptions,
  random: RandomStream,
): Row {
  const seen = Int32Array.from(inputs);
  const targets = new Int32Array(inputs.length).fill(IGNORED_TARGET);
  for (const place of choose(candidates, probability, random)) {
    targets[place] = inputs[place]!;
    const draw = random.uniform();
    if (draw < maskShare) seen[place] = maskId;
    else if (draw < maskShare + randomShare) seen[place] = random.integer(vocabSize);
  }
  return { inputs: seen, targets };
}

/** As many places as the share says, at least one unit; a unit that is too large for what is left is passed over. */
function choose(candidates: number[][], probability: number, random: RandomStream): number[] {
  const size = candidates.reduce((sum, unit) => sum + unit.length, 0);
  const wanted = Math.max(1, Math.round(probability * size));
  const chosen: number[] = [];
  for (let left = candidates.length; left > 0 && chosen.length < wanted; left--) {
    const drawn = random.integer(left);
    const unit = candidates[drawn]!;
    candidates[drawn] = candidates[left - 1]!;
    if (chosen.length === 0 || chosen.length + unit.length <= wanted) chosen.push(...unit);
  }
  return chosen;
}

function requireOptions(options: MaskedLanguageOptions): void {
  requireRowLength(OWNER, options);
  const { vocabSize, maskId, probability = 0.15, maskShare = 0.8, randomShare = 0.1 } = options;
  requireSizes(OWNER, { vocabSize });
  if (!(Number.isInteger(maskId) && maskId >= 0 && maskId < vocabSize)) {
    throw new RangeError(`${OWNER}: maskId must be a token below vocabSize (${vocabSize}), got ${maskId}.`);
  }
  for (const [name, share] of Object.entries({ probability, maskShare, randomShare })) {
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${OWNER}: ${name} must be in [0, 1], got ${share}.`);
  }
  if (maskShare + randomShare > 1 + 1e-9) {
    throw new RangeError(
      `${OWNER}: maskShare and randomShare must add up to at most 1, got ${maskShare} and ${randomShare}.`,
    );
  }
}
