import { ligatures, withOtherCases } from './case-folding.ts';
import { type CodePointRanges, complementOf, everything } from './code-point-ranges.ts';
import { parseCharacterClass } from './parse-class.ts';
import { parseEscapedCharacter, parseShorthand } from './parse-escape.ts';
import { RegexScanner } from './regex-scanner.ts';
import type { Assertion, RegexNode } from './syntax-tree.ts';

/** Options that `(?imx)` sets. */
interface Flags {
  readonly ignoresCase: boolean;
  readonly dotMatchesNewline: boolean;
  readonly isExtended: boolean;
}

/**
 * Reads a regular expression in the syntax that Hugging Face's tokenizers have: Oniguruma's, with the rules of Ruby.
 *
 * @throws {SyntaxError} if it is none, or uses what is not supported: references to groups, calls of groups, conditions, absent
 *   groups, callouts, `\X`, `\K`, `\G`, `\y`
 * @see Oniguruma 6.9, doc/RE
 */
export function parseRegex(source: string): RegexNode {
  const parser = new Parser(new RegexScanner(source));
  return parser.parse();
}

class Parser {
  readonly #scanner: RegexScanner;
  #depth = 0;

  constructor(scanner: RegexScanner) {
    this.#scanner = scanner;
  }

  parse(): RegexNode {
    const node = this.#choice({ ignoresCase: false, dotMatchesNewline: false, isExtended: false });
    if (!this.#scanner.isAtEnd) throw this.#scanner.error('must not have a ")" without "("');
    return node;
  }

  #choice(flags: Flags): RegexNode {
    if (++this.#depth > DEEPEST)
      throw this.#scanner.error(`must not nest groups more than ${DEEPEST} levels deep`);
    const nodes = [this.#sequence(flags)];
    while (this.#scanner.accept('|')) nodes.push(this.#sequence(flags));
    this.#depth--;
    return nodes.length === 1 ? nodes[0]! : { kind: 'choice', nodes };
  }

  #sequence(flags: Flags): RegexNode {
    const scanner = this.#scanner;
    const nodes: RegexNode[] = [];
    /** The letters of a stretch of literals, which a ligature may stand for; empty between stretches. */
    const letters: string[] = [];
    while (!scanner.isAtEnd && !scanner.sees('|') && !scanner.sees(')')) {
      if (flags.isExtended && this.#skipExtended()) continue;
      const options = this.#isolatedOptions(flags);
      if (options) {
        // Options without a group hold to the end of the group around them, alternatives included.
        nodes.push(this.#choice(options));
        break;
      }
      const start = scanner.position;
      const atom = this.#atom(flags);
      if (!atom) continue; // a comment
      const node = this.#quantified(atom, flags);
      const isLetter =
        flags.ignoresCase && node === atom && scanner.position === start + 1 && node.kind === 'set';
      if (isLetter) letters.push(scanner.source[start]!.toLowerCase());
      else letters.length = 0;
      nodes.push(node);
      if (isLetter) joinLigature(nodes, letters);
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'sequence', nodes };
  }

  #skipExtended(): boolean {
    const scanner = this.#scanner;
    if (scanner.accept('#')) {
      while (!scanner.isAtEnd && !scanner.accept('\n')) scanner.take();
      return true;
    }
    return [' ', '\t', '\n', '\r', '\f', '\v'].some((space) => scanner.accept(space));
  }

  /** `(?i)` and the like, without a group: the flags from here on. */
  #isolatedOptions(flags: Flags): Flags | undefined {
    const match = /^\(\?([imx]*)(?:-([imx]*))?\)/.exec(this.#scanner.rest(12));
    if (!match || match[0] === '(?)') return undefined;
    this.#scanner.skip(match[0].length);
    return changeFlags(flags, match[1]!, match[2] ?? '');
  }

  #atom(flags: Flags): RegexNode | undefined {
    const scanner = this.#scanner;
    const character = scanner.take();
    switch (character) {
      case '(':
        return this.#group(flags);
      case '[':
        return setNode(parseCharacterClass(scanner, flags.ignoresCase), false);
      case '.':
        return setNode(flags.dotMatchesNewline ? everything : notNewline, false);
      case '^':
        return { kind: 'assertion', assertion: 'line-start' };
      case '$':
        return { kind: 'assertion', assertion: 'line-end' };
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw scanner.error(`must have something before "${character}" to repeat`);
      default:
        return this.#literal(character, flags);
    }
  }

  #literal(character: string, flags: Flags): RegexNode {
    const codePoint = character.codePointAt(0)!;
    if (flags.ignoresCase) {
      const ligature = ligatures.find(([, codePoints]) => codePoints.includes(codePoint));
      if (ligature) {
        const spelled = [...ligature[0]].map((letter) =>
          setNode([letter.charCodeAt(0), letter.charCodeAt(0) + 1], true),
        );
        return {
          kind: 'choice',
          nodes: [setNode([codePoint, codePoint + 1], true), { kind: 'sequence', nodes: spelled }],
        };
      }
    }
    return setNode([codePoint, codePoint + 1], flags.ignoresCase);
  }

  #escape(flags: Flags): RegexNode {
    const scanner = this.#scanner;
    if (scanner.isAtEnd) throw scanner.error('must not end with "\\"');
    const shorthand = parseShorthand(scanner);
    if (shorthand) return setNode(shorthand, false); // as in the reference, whatever the case
    const next = scanner.peek();
    const assertion = assertions[next];
    if (assertion) {
      scanner.skip(1);
      return { kind: 'assertion', assertion };
    }
    if (next === 'R') {
      scanner.skip(1);
      return {
        kind: 'atomic',
        node: {
          kind: 'choice',
          nodes: [
            { kind: 'sequence', nodes: [setNode([0x0d, 0x0e], false), setNode([0x0a, 0x0b], false)] },
            setNode([0x0a, 0x0e, 0x85, 0x86, 0x2028, 0x202a], false),
          ],
        },
      };
    }
    if (next === 'N' || next === 'O') {
      scanner.skip(1);
      return setNode(next === 'N' ? notNewline : everything, false);
    }
    if (/[1-9kgKGXyY]/.test(next)) throw scanner.error(`must not use "\\${next}", which is not supported`);
    return this.#literal(String.fromCodePoint(parseEscapedCharacter(scanner)), flags);
  }

  #group(flags: Flags): RegexNode | undefined {
    const scanner = this.#scanner;
    if (scanner.sees('*')) throw scanner.error('must not use callouts "(*…)", which are not supported');
    if (!scanner.accept('?')) return this.#closed(this.#choice(flags));
    if (scanner.accept('#')) {
      while (!scanner.accept(')')) {
        if (scanner.isAtEnd) throw scanner.error('must end the comment "(?#" with ")"');
        if (scanner.take() === '\\' && !scanner.isAtEnd) scanner.take();
      }
      return undefined;
    }
    for (const [opening, isBehind, isNegative] of lookarounds) {
      if (!scanner.accept(opening)) continue;
      const node = this.#closed(this.#choice(flags));
      return { kind: 'look', node, isBehind, isNegative };
    }
    if (scanner.accept('>')) return { kind: 'atomic', node: this.#closed(this.#choice(flags)) };
    const name = /^(?:<[^>!=\s][^>]*>|'[^']+')/.exec(scanner.rest(200));
    if (name) {
      scanner.skip(name[0].length);
      return this.#closed(this.#choice(flags));
    }
    const options = /^([imx]*)(?:-([imx]*))?:/.exec(scanner.rest(12));
    if (!options) throw scanner.error(`must use only groups that are supported, got "(?${scanner.rest(1)}"`);
    scanner.skip(options[0].length);
    return this.#closed(this.#choice(changeFlags(flags, options[1]!, options[2] ?? '')));
  }

  #closed(node: RegexNode): RegexNode {
    if (!this.#scanner.accept(')')) throw this.#scanner.error('must close every "(" with ")"');
    return node;
  }

  #quantified(atom: RegexNode, flags: Flags): RegexNode {
    const scanner = this.#scanner;
    let node = atom;
    for (;;) {
      if (flags.isExtended && this.#skipExtended()) continue;
      const [min, max, isInterval] = this.#quantifier();
      if (min < 0) return node;
      let mode: 'greedy' | 'lazy' | 'possessive' = 'greedy';
      if (scanner.accept('?')) mode = 'lazy';
      // After an interval, "+" is a quantifier of its own.
      else if (!isInterval && scanner.accept('+')) mode = 'possessive';
      if (max < min) throw scanner.error(`must not repeat at least ${min} and at most ${max} times`);
      node = { kind: 'repeat', node, min, max, mode: min === max ? 'greedy' : mode };
    }
  }

  #quantifier(): [min: number, max: number, isInterval: boolean] {
    const scanner = this.#scanner;
    if (scanner.accept('*')) return [0, Number.POSITIVE_INFINITY, false];
    if (scanner.accept('+')) return [1, Number.POSITIVE_INFINITY, false];
    if (scanner.accept('?')) return [0, 1, false];
    const interval = /^\{(?:(\d+)(,(\d*))?|,(\d+))\}/.exec(scanner.rest(24));
    if (!interval) return [-1, -1, false];
    scanner.skip(interval[0].length);
    const [, least, comma, most, onlyMost] = interval;
    const min = Number(least ?? 0);
    const max = Number(onlyMost ?? (comma ? most || Number.POSITIVE_INFINITY : min));
    if (min > MOST_REPEATED || (max > MOST_REPEATED && max !== Number.POSITIVE_INFINITY)) {
      throw scanner.error(`must not repeat more than ${MOST_REPEATED} times by number`);
    }
    return [min, max, true];
  }
}

/** Deeper than any pattern nests its groups; the parser calls itself for each level. */
const DEEPEST = 200;

/** Counted repetitions are written out in the program, so that their number must have a limit. */
const MOST_REPEATED = 1000;

const notNewline: CodePointRanges = complementOf([0x0a, 0x0b]);

const assertions: Readonly<Record<string, Assertion | undefined>> = {
  A: 'text-start',
  B: 'no-word-boundary',
  b: 'word-boundary',
  Z: 'last-line-end',
  z: 'text-end',
};

const lookarounds: readonly (readonly [opening: string, isBehind: boolean, isNegative: boolean])[] = [
  ['=', false, false],
  ['!', false, true],
  ['<=', true, false],
  ['<!', true, true],
];

function changeFlags(flags: Flags, on: string, off: string): Flags {
  const flag = (letter: string, before: boolean): boolean =>
    (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoresCase: flag('i', flags.ignoresCase),
    dotMatchesNewline: flag('m', flags.dotMatchesNewline),
    isExtended: flag('x', flags.isExtended),
  };
}

function setNode(set: CodePointRanges, ignoresCase: boolean): RegexNode {
  return { kind: 'set', set: ignoresCase ? withOtherCases(set) : set };
}

/** Lets the last literals match a ligature of theirs too: `(?i:fi)` matches `ﬁ`. */
function joinLigature(nodes: RegexNode[], letters: readonly string[]): void {
  const text = letters.join('');
  for (const [spelling, codePoints] of ligatures) {
    if (!text.endsWith(spelling)) continue;
    const spelled = nodes.splice(-spelling.length);
    const ligature = codePoints.flatMap((codePoint) => [codePoint, codePoint + 1]);
    nodes.push({ kind: 'choice', nodes: [setNode(ligature, false), { kind: 'sequence', nodes: spelled }] });
    return;
  }
}
