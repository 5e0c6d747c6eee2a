import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';

const MAGIC = 'WLZH';
const VERSION = 1;
/** A word's Begin, End, Middle, or a Single character that is one. */
const STATES = 4;
const BEGIN = 0;
const END = 1;
const MIDDLE = 2;
const SINGLE = 3;
/** Stands for the logarithm of zero. So large that anything added to it is lost: all impossible paths are equal. */
const IMPOSSIBLE = -3.14e100;
/** The characters that the model covers: the CJK unified ideographs of Unicode 8. */
const FIRST = 0x4e00;
const LAST = 0x9fd5;

/** The probabilities of a {@link HiddenMarkovModel}, natural logarithms, states in the order Begin, End, Middle, Single. */
export interface HiddenMarkovParameters {
  /** 4 numbers. */
  readonly start: ArrayLike<number>;
  /** From each state to each: 4 × 4 numbers. */
  readonly transitions: ArrayLike<number>;
  /** For each character the 4 probabilities of it in each state, −3.14e100 for zero. */
  readonly emissions: Iterable<readonly [character: string, probabilities: ArrayLike<number>]>;
}

/**
 * A hidden Markov model that finds words no dictionary has: each character is the Begin, Middle or End of a word or a
 * Single one, and the likeliest sequence of states that can stand side by side is taken (Viterbi).
 *
 * @see Rabiner 1989, A Tutorial on Hidden Markov Models, §III.B
 */
export class HiddenMarkovModel {
  readonly #start: Float64Array;
  readonly #transitions: Float64Array;
  /** `[characters, 4]` from `FIRST` on; the last row is for characters the model does not know. */
  readonly #emissions: Float64Array;
  #previous = new Uint8Array(STATES * 64);

  constructor({ start, transitions, emissions }: HiddenMarkovParameters) {
    this.#start = Float64Array.from(start);
    this.#transitions = Float64Array.from(transitions);
    this.#emissions = new Float64Array((LAST - FIRST + 2) * STATES).fill(IMPOSSIBLE);
    for (const [character, row] of emissions) {
      const unit = character.charCodeAt(0);
      if (character.length === 1 && covers(unit)) this.#emissions.set(row, (unit - FIRST) * STATES);
    }
  }

  /**
   * Finds the words of `text.slice(start, end)` and writes where each ends to `ends`, from `count` on.
   *
   * Runs of ASCII letters and digits stay whole, with a decimal fraction and a percent sign, as in `4.3%`; other characters
   * that the model does not cover stay together too.
   *
   * @returns the count of ends after it
   */
  segment(text: string, start: number, end: number, ends: Int32Array, count: number): number {
    let written = count;
    for (let from = start; from < end; ) {
      const covered = covers(text.charCodeAt(from));
      let to = from + 1;
      while (to < end && covers(text.charCodeAt(to)) === covered) to++;
      if (!covered) written = segmentUncovered(text, from, to, ends, written);
      else if (to - from === 1) ends[written++] = to;
      else written = this.#segmentCovered(text, from, to, ends, written);
      from = to;
    }
    return written;
  }

  #segmentCovered(text: string, start: number, end: number, ends: Int32Array, count: number): number {
    const length = end - start;
    if (length * STATES > this.#previous.length) this.#previous = new Uint8Array(length * STATES * 2);
    const previous = this.#previous;
    const emissions = this.#emissions;
    const [endToBegin, singleToBegin] = this.#between(END, SINGLE, BEGIN);
    const [beginToEnd, middleToEnd] = this.#between(BEGIN, MIDDLE, END);
    const [beginToMiddle, middleToMiddle] = this.#between(BEGIN, MIDDLE, MIDDLE);
    const [endToSingle, singleToSingle] = this.#between(END, SINGLE, SINGLE);
    let row = (text.charCodeAt(start) - FIRST) * STATES;
    // The best score of a path that ends in each state.
    let asBegin = this.#start[BEGIN]! + emissions[row + BEGIN]!;
    let asEnd = this.#start[END]! + emissions[row + END]!;
    let asMiddle = this.#start[MIDDLE]! + emissions[row + MIDDLE]!;
    let asSingle = this.#start[SINGLE]! + emissions[row + SINGLE]!;
    for (let index = 1; index < length; index++) {
      row = (text.charCodeAt(start + index) - FIRST) * STATES;
      const place = index * STATES;
      // Of equally likely predecessors the one with the higher number is taken, as in jieba.
      let lower = asEnd + endToBegin + emissions[row + BEGIN]!;
      let higher = asSingle + singleToBegin + emissions[row + BEGIN]!;
      previous[place + BEGIN] = lower > higher ? END : SINGLE;
      const begin = Math.max(lower, higher);
      lower = asBegin + beginToEnd + emissions[row + END]!;
      higher = asMiddle + middleToEnd + emissions[row + END]!;
      previous[place + END] = lower > higher ? BEGIN : MIDDLE;
      const last = Math.max(lower, higher);
      lower = asBegin + beginToMiddle + emissions[row + MIDDLE]!;
      higher = asMiddle + middleToMiddle + emissions[row + MIDDLE]!;
      previous[place + MIDDLE] = lower > higher ? BEGIN : MIDDLE;
      const middle = Math.max(lower, higher);
      lower = asEnd + endToSingle + emissions[row + SINGLE]!;
      higher = asSingle + singleToSingle + emissions[row + SINGLE]!;
      previous[place + SINGLE] = lower > higher ? END : SINGLE;
      asSingle = Math.max(lower, higher);
      asBegin = begin;
      asEnd = last;
      asMiddle = middle;
    }
    let state: number = asEnd > asSingle ? END : SINGLE;
    // Walks back; the number of words is not known, so states take the place of what led to them.
    for (let index = length - 1; index >= 0; index--) {
      const next = previous[index * STATES + state]!;
      previous[index * STATES] = state;
      state = next;
    }
    let written = count;
    for (let index = 0; index < length; index++) {
      const found = previous[index * STATES];
      if (found === END || found === SINGLE) ends[written++] = start + index + 1;
    }
    return written;
  }

  /** The transitions from two states to a third. */
  #between(lower: number, higher: number, to: number): [lower: number, higher: number] {
    return [this.#transitions[lower * STATES + to]!, this.#transitions[higher * STATES + to]!];
  }
}

function covers(unit: number): boolean {
  return unit >= FIRST && unit <= LAST;
}

/** `[a-zA-Z0-9]+(\.\d+)?%?` and what stands between. */
function segmentUncovered(text: string, start: number, end: number, ends: Int32Array, count: number): number {
  let written = count;
  let index = start;
  while (index < end) {
    const from = index;
    while (index < end && !isAlphanumeric(text.charCodeAt(index))) index++;
    if (index > from) {
      ends[written++] = index;
      continue;
    }
    while (index < end && isAlphanumeric(text.charCodeAt(index))) index++;
    if (text[index] === '.') {
      let digits = index + 1;
      while (digits < end && isDigit(text.charCodeAt(digits))) digits++;
      if (digits > index + 1 && index < end) index = digits;
    }
    if (index < end && text[index] === '%') index++;
    ends[written++] = index;
  }
  return written;
}

function isAlphanumeric(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a);
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/**
 * Reads a model of unknown words in its compact form.
 *
 * @param bytes the file of `@wordloom/chinese-dictionary`, or what `writeHiddenMarkovModel` returned
 * @param options.source what the bytes are, for errors; default "the model of unknown words"
 * @throws {RangeError} if the bytes are no such file, naming the byte
 */
export function readHiddenMarkovModel(
  bytes: Uint8Array,
  { source = 'the model of unknown words' }: { source?: string } = {},
): HiddenMarkovModel {
  const reader = new ByteReader(bytes, 'readHiddenMarkovModel', source);
  reader.expectHeader(MAGIC, VERSION);
  const start = Array.from({ length: STATES }, () => reader.float64());
  const transitions = Array.from({ length: STATES * STATES }, () => reader.float64());
  const model = new HiddenMarkovModel({ start, transitions, emissions: readEmissions(reader) });
  reader.expectEnd();
  return model;
}

/** Each row is the same array, filled anew. */
function* readEmissions(reader: ByteReader): Generator<readonly [character: string, row: Float64Array]> {
  const row = new Float64Array(STATES);
  for (let rest = reader.count(); rest > 0; rest--) {
    const character = String.fromCharCode(reader.integer());
    for (let state = 0; state < STATES; state++) {
      const millionths = reader.integer();
      row[state] = millionths === 0 ? IMPOSSIBLE : -millionths / 1e6;
    }
    yield [character, row];
  }
}

/** The compact form of a model; emissions keep six decimal places. */
export function writeHiddenMarkovModel({
  start,
  transitions,
  emissions,
}: HiddenMarkovParameters): Uint8Array {
  const writer = new ByteWriter();
  writer.header(MAGIC, VERSION);
  for (const value of [...Array.from(start), ...Array.from(transitions)]) writer.float64(value);
  const rows = [...emissions];
  writer.integer(rows.length);
  for (const [character, row] of rows) {
    writer.integer(character.charCodeAt(0));
    for (const value of Array.from(row)) writer.integer(value <= IMPOSSIBLE ? 0 : Math.round(-value * 1e6));
  }
  return writer.finish();
}

/**
 * Reads the text form of a model, `hmm_model.utf8` of cppjieba: lines that begin with `#` are remarks; then the four start
 * probabilities, four lines of transitions, and for each state a line of `character:probability` with commas between.
 *
 * @throws {RangeError} if a number is missing, naming the line
 */
export function parseHiddenMarkovModel(
  text: string,
  { source = 'the model of unknown words' }: { source?: string } = {},
): HiddenMarkovParameters {
  const lines = text
    .split('\n')
    .map((content, index) => ({ content: content.trim(), line: index + 1 }))
    .filter(({ content }) => content !== '' && !content.startsWith('#'));
  const fail = (line: number, expectation: string): never => {
    throw new RangeError(`parseHiddenMarkovModel: line ${line} of ${source} must hold ${expectation}.`);
  };
  if (lines.length !== 1 + 2 * STATES)
    fail(lines.at(-1)?.line ?? 1, `the last of ${1 + 2 * STATES} lines of numbers`);
  const numbers = lines.slice(0, 1 + STATES).map(({ content, line }) => {
    const values = content.split(/\s+/).map(Number);
    return values.length === STATES && !values.some(Number.isNaN) ? values : fail(line, `${STATES} numbers`);
  });
  const emissions = new Map<string, number[]>();
  for (const [state, { content, line }] of lines.slice(1 + STATES).entries()) {
    for (const pair of content.split(',')) {
      const colon = pair.lastIndexOf(':');
      const character = pair.slice(0, colon);
      const value = Number(pair.slice(colon + 1));
      if (colon < 1 || Number.isNaN(value)) fail(line, `character:probability, not ${JSON.stringify(pair)}`);
      const row = emissions.get(character) ?? new Array<number>(STATES).fill(IMPOSSIBLE);
      row[state] = value;
      emissions.set(character, row);
    }
  }
  return { start: numbers[0]!, transitions: numbers.slice(1).flat(), emissions };
}
