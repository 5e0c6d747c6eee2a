import { CodePointSet } from '../unicode/code-point-set.ts';
import { wordRanges } from './character-properties.ts';
import {
  ASSERT,
  ATOMIC,
  CHOICE,
  JUMP,
  LEAVE_IF_EMPTY,
  LOOK,
  MARK,
  MATCH,
  type RegexProgram,
  RUN,
  SET,
  SET_BEHIND,
  SPLIT,
} from './regex-program.ts';
import type { Assertion } from './syntax-tree.ts';

/**
 * Runs a compiled regular expression by backtracking, in bounded time.
 *
 * When a text costs many more steps than it has characters, the matcher begins to remember where steps have failed, each of which
 * then runs once per place. If that does not help enough, it gives up.
 */
export class RegexMatcher {
  readonly #program: RegexProgram;
  readonly #source: string;
  #text = '';
  #steps = 0;
  #budget = 0;
  #failures: FailureMemory | undefined;
  /** What to go back to: a step, a place, and what else there is to know. */
  #stack = new Int32Array(192);
  #top = 0;
  readonly #registers: Int32Array;
  #isWord: CodePointSet | undefined;

  /** @param source the expression, for errors */
  constructor(program: RegexProgram, source: string) {
    this.#program = program;
    this.#source = source;
    this.#registers = new Int32Array(program.registerCount);
  }

  /** Gets ready for a text. */
  start(text: string): void {
    this.#text = text;
    this.#steps = 0;
    this.#budget = FEW_STEPS + STEPS_PER_UNIT * text.length;
    this.#failures = undefined;
  }

  /**
   * The end of the match that begins at a place, or −1.
   *
   * @throws {RangeError} if it takes too many steps
   */
  matchAt(place: number): number {
    this.#top = 0;
    const end = this.#run(0, place, this.#failures);
    if (end >= 0) this.#failures?.forget();
    return end;
  }

  #run(firstStep: number, place: number, failures: FailureMemory | undefined): number {
    const { steps } = this.#program;
    const text = this.#text;
    const bottom = this.#top;
    let memory = failures;
    let at = place;
    let index = firstStep;
    for (;;) {
      const step = steps[index]!;
      let isFailure = false;
      switch (step.op) {
        case SET: {
          if (at >= text.length) {
            isFailure = true;
            break;
          }
          const codePoint = text.codePointAt(at)!;
          if (step.set.has(codePoint)) {
            at += codePoint > 0xffff ? 2 : 1;
            index++;
          } else {
            isFailure = true;
          }
          break;
        }
        case RUN: {
          if (memory?.hasFailed(step.branch, at, this.#registers)) {
            isFailure = true;
            break;
          }
          const end = runEnd(text, at, step.set, step.max);
          const least = step.min === 0 ? at : advance(text, at, step.min, end);
          this.#steps += (end - at) >> 3;
          if (end < least) {
            isFailure = true;
            break;
          }
          if (!step.isPossessive && end > least) this.#push(index, end, least);
          at = end;
          index++;
          break;
        }
        case CHOICE: {
          if (memory?.hasFailed(step.branch, at, this.#registers)) {
            isFailure = true;
            break;
          }
          const chosen = this.#choose(step, 0, at);
          if (chosen < 0) isFailure = true;
          else {
            const following = this.#choose(step, chosen + 1, at);
            if (following >= 0) this.#push(index, at, following);
            index = step.targets[chosen]!;
          }
          break;
        }
        case SPLIT:
          if (memory?.hasFailed(step.branch, at, this.#registers)) {
            isFailure = true;
            break;
          }
          this.#push(index, at, 0);
          this.#steps++; // what a lookaround or an atomic group has tried is never gone back to, and counted nowhere else
          index = step.first;
          break;
        case JUMP:
          index = step.target;
          break;
        case SET_BEHIND: {
          const before = characterStart(text, at);
          if (before >= 0 && step.set.has(text.codePointAt(before)!)) {
            at = before;
            index++;
          } else {
            isFailure = true;
          }
          break;
        }
        case ASSERT:
          if (this.#holds(step.assertion, at)) index++;
          else isFailure = true;
          break;
        case LOOK: {
          const found = this.#run(index + 1, at, undefined) >= 0;
          if (found === step.isNegative) isFailure = true;
          else index = step.after;
          break;
        }
        case ATOMIC: {
          const end = this.#run(index + 1, at, undefined);
          if (end < 0) isFailure = true;
          else {
            at = end;
            index = step.after;
          }
          break;
        }
        case MARK:
          this.#push(index, this.#registers[step.register]!, 0);
          this.#registers[step.register] = at;
          index++;
          break;
        case LEAVE_IF_EMPTY:
          index = this.#registers[step.register] === at ? step.after : index + 1;
          break;
        case MATCH:
          this.#top = bottom;
          return at;
      }
      if (!isFailure) continue;
      // Back to the last place where there is something else to try.
      for (;;) {
        if (this.#top === bottom) return -1;
        if (++this.#steps > this.#budget) memory = this.#slowDown(memory, firstStep);
        const stack = this.#stack;
        const back = stack[this.#top - 3]!;
        const backPlace = stack[this.#top - 2]!;
        const more = stack[this.#top - 1]!;
        const backStep = steps[back]!;
        if (backStep.op === MARK) {
          this.#registers[backStep.register] = backPlace;
          this.#top -= 3;
          continue;
        }
        if (backStep.op === SPLIT) {
          this.#top -= 3;
          at = backPlace;
          index = backStep.second;
        } else if (backStep.op === CHOICE) {
          at = backPlace;
          index = backStep.targets[more]!;
          const following = this.#choose(backStep, more + 1, at);
          if (following >= 0) stack[this.#top - 1] = following;
          else this.#top -= 3;
        } else {
          at = characterStart(text, backPlace);
          index = back + 1;
          if (at > more) stack[this.#top - 2] = at;
          else this.#top -= 3;
        }
        break;
      }
    }
  }

  /** The first alternative from one on that the character at a place may begin; −1 if there is none. */
  #choose(
    step: {
      targets: number[];
      dispatch: { ascii: Uint8Array; firsts: readonly (CodePointSet | undefined)[] };
    },
    from: number,
    at: number,
  ): number {
    const { ascii, firsts } = step.dispatch;
    const count = firsts.length;
    if (from >= count) return -1;
    if (at < this.#text.length) {
      const codePoint = this.#text.codePointAt(at)!;
      if (codePoint < 128) {
        const chosen = ascii[from * 128 + codePoint]!;
        return chosen < count ? chosen : -1;
      }
      for (let index = from; index < count; index++) if (firsts[index]?.has(codePoint) ?? true) return index;
      return -1;
    }
    for (let index = from; index < count; index++) if (!firsts[index]) return index;
    return -1;
  }

  #push(step: number, place: number, more: number): void {
    if (this.#top === this.#stack.length) {
      if (this.#top >= LARGEST_STACK) throw this.#tooSlow();
      const larger = new Int32Array(this.#top * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[this.#top] = step;
    this.#stack[this.#top + 1] = place;
    this.#stack[this.#top + 2] = more;
    this.#top += 3;
  }

  /** Out of steps: remembers failures from here on, or gives up. */
  #slowDown(memory: FailureMemory | undefined, firstStep: number): FailureMemory | undefined {
    const { branchCount, registerCount } = this.#program;
    const size = branchCount * 2 ** registerCount * (this.#text.length + 1);
    if (this.#failures || size > LARGEST_MEMORY) throw this.#tooSlow();
    this.#failures = new FailureMemory(branchCount, registerCount, this.#text.length + 1);
    this.#budget = this.#steps + LAST_STEPS + STEPS_PER_UNIT * this.#text.length;
    return firstStep === 0 ? this.#failures : memory;
  }

  #tooSlow(): RangeError {
    const source = this.#source.length > 60 ? `${this.#source.slice(0, 60)}…` : this.#source;
    return new RangeError(
      `encode: the tokenizer's pattern ${JSON.stringify(source)} must not take more than a few hundred steps for each character ` +
        `of a text, got a text of ${this.#text.length} code units that it takes more for. Cut the text, or use another pattern.`,
    );
  }

  #holds(assertion: Assertion, at: number): boolean {
    const text = this.#text;
    switch (assertion) {
      case 'text-start':
        return at === 0;
      case 'text-end':
        return at === text.length;
      case 'line-start':
        return at === 0 || (text.charCodeAt(at - 1) === 0x0a && at < text.length);
      case 'line-end':
        return at === text.length || text.charCodeAt(at) === 0x0a;
      case 'last-line-end':
        return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 0x0a);
      default: {
        this.#isWord ??= CodePointSet.ofRanges(wordRanges());
        const before = characterStart(text, at);
        const isAfterWord = before >= 0 && this.#isWord.has(text.codePointAt(before)!);
        const isBeforeWord = at < text.length && this.#isWord.has(text.codePointAt(at)!);
        return (isAfterWord !== isBeforeWord) === (assertion === 'word-boundary');
      }
    }
  }
}

/**
 * Where steps have failed: one bit for each of them and each place, and for whether the round of each loop that may be empty has
 * had a character there, which is all that matters of a round.
 */
class FailureMemory {
  readonly #bits: Uint32Array;
  readonly #places: number;
  readonly #registerCount: number;
  readonly #seen: number[] = [];

  constructor(branchCount: number, registerCount: number, places: number) {
    this.#places = places;
    this.#registerCount = registerCount;
    this.#bits = new Uint32Array(Math.ceil((branchCount * 2 ** registerCount * places) / 32));
  }

  /** Whether the step has been here before; notes that it has, from now on. */
  hasFailed(branch: number, place: number, registers: Int32Array): boolean {
    let state = branch;
    for (let index = 0; index < this.#registerCount; index++) {
      state = state * 2 + (registers[index] === place ? 1 : 0);
    }
    const bit = state * this.#places + place;
    const mask = 1 << (bit & 31);
    const word = Math.floor(bit / 32);
    if ((this.#bits[word]! & mask) !== 0) return true;
    this.#bits[word]! |= mask;
    this.#seen.push(word);
    return false;
  }

  /** Forgets all, because a match that was found is no failure. */
  forget(): void {
    for (const word of this.#seen) this.#bits[word] = 0;
    this.#seen.length = 0;
  }
}

function runEnd(text: string, start: number, set: CodePointSet, max: number): number {
  let at = start;
  for (let count = 0; count < max && at < text.length; count++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdbff) {
      if (!set.has(unit)) break;
      at++;
    } else {
      if (!set.has(text.codePointAt(at)!)) break;
      at += 2;
    }
  }
  return at;
}

/** The place after so many characters; one after `end` if there are not that many before it. */
function advance(text: string, start: number, count: number, end: number): number {
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at >= end) return end + 1;
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  }
  return at;
}

/** Where the character before a place begins; −1 at the beginning of the text. */
function characterStart(text: string, end: number): number {
  if (end <= 0) return -1;
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xdc00 && unit <= 0xdfff && end >= 2 ? end - 2 : end - 1;
}

/** Steps that every text may take. */
const FEW_STEPS = 100_000;

/** Steps for each code unit; usual patterns take fewer than ten. */
const STEPS_PER_UNIT = 64;

/** Steps that remain when failures are remembered. */
const LAST_STEPS = 5_000_000;

/** In 32-bit numbers. */
const LARGEST_STACK = 3 * 2 ** 22;

/** In bits. */
const LARGEST_MEMORY = 2 ** 30;
