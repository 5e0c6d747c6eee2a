import type { CodePointSet } from '../unicode/code-point-set.ts';
import type { CodePointRanges } from './code-point-ranges.ts';
import type { Assertion } from './syntax-tree.ts';

/**
 * One step of a compiled regular expression. Steps follow each other; targets are indexes of steps.
 *
 * `branch` numbers the steps that can be returned to, for remembering where they have failed.
 */
export type Step =
  | { readonly op: typeof SET; readonly set: CodePointSet }
  | { readonly op: typeof SET_BEHIND; readonly set: CodePointSet }
  /** Goes on at `first`, and at `second` if that fails. */
  | { readonly op: typeof SPLIT; first: number; second: number; readonly branch: number }
  | { readonly op: typeof JUMP; target: number }
  /** Tries alternatives in order, those only that the next character may begin. */
  | {
      readonly op: typeof CHOICE;
      targets: number[];
      readonly dispatch: ChoiceDispatch;
      readonly branch: number;
    }
  /** As many characters of the set as there are, from `min` to `max`; gives back one after the other unless possessive. */
  | {
      readonly op: typeof RUN;
      readonly set: CodePointSet;
      readonly min: number;
      readonly max: number;
      readonly isPossessive: boolean;
      readonly branch: number;
    }
  | { readonly op: typeof ASSERT; readonly assertion: Assertion }
  /** Goes on if the steps from the next one to MATCH do (or do not) match here, at `after`. */
  | { readonly op: typeof LOOK; after: number; readonly isNegative: boolean }
  /** Goes on where the steps from the next one to MATCH end, at `after`; that is not tried otherwise. */
  | { readonly op: typeof ATOMIC; after: number }
  /** Remembers where a round of a loop begins. */
  | { readonly op: typeof MARK; readonly register: number }
  /** Leaves a loop whose round had no character. */
  | { readonly op: typeof LEAVE_IF_EMPTY; readonly register: number; after: number }
  | { readonly op: typeof MATCH };

export const SET = 0;
export const SET_BEHIND = 1;
export const SPLIT = 2;
export const JUMP = 3;
export const CHOICE = 4;
export const RUN = 5;
export const ASSERT = 6;
export const LOOK = 7;
export const ATOMIC = 8;
export const MARK = 9;
export const LEAVE_IF_EMPTY = 10;
export const MATCH = 11;

/** Which alternatives a character may begin. */
export interface ChoiceDispatch {
  /** For ASCII: `ascii[from * 128 + character]` is the first alternative from `from` on; the number of alternatives if none. */
  readonly ascii: Uint8Array;
  /** What each alternative may begin with; undefined where it may begin with anything, or be empty. */
  readonly firsts: readonly (CodePointSet | undefined)[];
}

/** A compiled regular expression. */
export interface RegexProgram {
  readonly steps: readonly Step[];
  readonly branchCount: number;
  /** How many loops have rounds that may be empty. */
  readonly registerCount: number;
  /** What a match may begin with; undefined if that is anything, or nothing. */
  readonly first: CodePointRanges | undefined;
}
