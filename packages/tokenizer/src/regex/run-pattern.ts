import { CodePointSet } from '../unicode/code-point-set.ts';
import type { CodePointRanges } from './code-point-ranges.ts';
import type { RegexNode } from './syntax-tree.ts';

/** A pattern that is a run of characters of one set, such as ` {2,}`, `\A\s` or `[ ▁]+\z`: it needs no steps, only a look at each character. */
export class RunPattern {
  readonly #set: CodePointSet;
  readonly #min: number;
  readonly #max: number;
  readonly #isAtStart: boolean;
  readonly #isAtEnd: boolean;

  private constructor(set: CodePointRanges, min: number, max: number, isAtStart: boolean, isAtEnd: boolean) {
    this.#set = CodePointSet.ofRanges(set);
    this.#min = min;
    this.#max = max;
    this.#isAtStart = isAtStart;
    this.#isAtEnd = isAtEnd;
  }

  /** @returns undefined if the expression is another one */
  static of(node: RegexNode): RunPattern | undefined {
    const nodes = node.kind === 'sequence' ? [...node.nodes] : [node];
    const isAssertion = (part: RegexNode | undefined, assertion: string): boolean =>
      part?.kind === 'assertion' && part.assertion === assertion;
    const isAtStart = isAssertion(nodes[0], 'text-start');
    if (isAtStart) nodes.shift();
    const isAtEnd = isAssertion(nodes.at(-1), 'text-end');
    if (isAtEnd) nodes.pop();
    const [body] = nodes;
    if (!body || nodes.length > 1) return undefined;
    if (body.kind === 'set') return new RunPattern(body.set, 1, 1, isAtStart, isAtEnd);
    if (body.kind !== 'repeat' || body.node.kind !== 'set' || body.mode !== 'greedy' || body.min < 1) {
      return undefined;
    }
    return new RunPattern(body.node.set, body.min, body.max, isAtStart, isAtEnd);
  }

  /** Starts and ends of all matches, alternating. */
  matches(text: string): number[] {
    if (this.#isAtStart) return this.#matchAt(text, 0, this.#isAtEnd);
    if (this.#isAtEnd) return this.#matchBeforeEnd(text);
    const ranges: number[] = [];
    for (let start = 0; start < text.length; ) {
      if (!this.#has(text, start)) {
        start++;
        continue;
      }
      const end = this.#runEnd(text, start);
      if (end < 0) {
        // Too short, and so is what is left of it.
        while (start < text.length && this.#has(text, start)) start += lengthAt(text, start);
        continue;
      }
      ranges.push(start, end);
      start = end;
    }
    return ranges;
  }

  #matchAt(text: string, start: number, toEnd: boolean): number[] {
    const end = this.#runEnd(text, start);
    return end < 0 || (toEnd && end < text.length) ? [] : [start, end];
  }

  /** The longest run that ends where the text ends is the one that a search from the left finds first. */
  #matchBeforeEnd(text: string): number[] {
    let start = text.length;
    let count = 0;
    while (start > 0 && count < this.#max) {
      const before = start - (isPairBefore(text, start) ? 2 : 1);
      if (!this.#has(text, before)) break;
      start = before;
      count++;
    }
    return count >= this.#min ? [start, text.length] : [];
  }

  /** The end of the run from a place on, at most `max` characters; −1 if there are fewer than `min`. */
  #runEnd(text: string, start: number): number {
    let end = start;
    let count = 0;
    while (end < text.length && count < this.#max && this.#has(text, end)) {
      end += lengthAt(text, end);
      count++;
    }
    return count >= this.#min ? end : -1;
  }

  #has(text: string, index: number): boolean {
    const unit = text.charCodeAt(index);
    return this.#set.has((unit & 0xfc00) === 0xd800 ? text.codePointAt(index)! : unit);
  }
}

function lengthAt(text: string, index: number): number {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}

/** Whether the two code units before a place are one character. */
function isPairBefore(text: string, end: number): boolean {
  return end >= 2 && text.codePointAt(end - 2)! > 0xffff;
}
