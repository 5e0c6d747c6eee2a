import { contains } from '../regex/code-point-ranges.ts';
import { parseRegex } from '../regex/parse-regex.ts';
import { isNullable, type RegexNode } from '../regex/syntax-tree.ts';
import type { TextPattern } from '../text-pattern.ts';

/**
 * What can be said of a pattern's matches around two neighboring characters without looking at the rest of the text.
 *
 * The pattern's sets of characters are numbered. Of each it is known which may come next, and whether something is asked there of
 * the text that follows (`(?!…)`, `$`). If no set with the first character may be followed by one with the second, nothing that is
 * tried goes from the one to the other: matches before are those of the text that ends there, matches after those of the text that
 * begins there.
 *
 * @see Glushkov 1961, whose automaton this is
 */
export class PatternSeams {
  readonly #sets: (RegexNode & { kind: 'set' })[] = [];
  readonly #next: Set<number>[] = [];
  /** Sets after which the text that follows is looked at. */
  readonly #looksAhead = new Set<number>();
  /** Sets that can be a match alone. */
  readonly #alone: Set<number>;

  private constructor(node: RegexNode) {
    this.#visit(node);
    this.#alone = new Set(this.#aloneIn(node));
  }

  /** @returns undefined for patterns that look at the text before them, or may match nothing at all */
  static of(pattern: TextPattern): PatternSeams | undefined {
    const node = nodeOf(pattern);
    return node === undefined || isNullable(node) || looksBehind(node) ? undefined : new PatternSeams(node);
  }

  /** Whether what matches up to `before` and what matches from `after` on have nothing to do with each other. */
  areApart(before: number, after: number): boolean {
    for (const [index, { set }] of this.#sets.entries()) {
      if (!contains(set, before)) continue;
      if (this.#looksAhead.has(index)) return false;
      for (const next of this.#next[index]!) if (contains(this.#sets[next]!.set, after)) return false;
    }
    return true;
  }

  /** Whether there is a match wherever one is looked for at this character. */
  beginsAt(codePoint: number): boolean {
    for (const index of this.#alone) if (contains(this.#sets[index]!.set, codePoint)) return true;
    return false;
  }

  /** Whether no set of the pattern has a character. */
  ignores(codePoint: number): boolean {
    return this.#sets.every(({ set }) => !contains(set, codePoint));
  }

  /** Numbers the sets of a node, and writes down what may follow which. */
  #visit(node: RegexNode): Ends {
    switch (node.kind) {
      case 'set': {
        const index = this.#sets.length;
        this.#sets.push(node);
        this.#next.push(new Set());
        return { first: [index], last: [index], canBeEmpty: false, looksFirst: false };
      }
      case 'sequence':
        return node.nodes.reduce<Ends>((ends, part) => this.#join(ends, this.#visit(part)), nothing);
      case 'choice': {
        const ends = node.nodes.map((part) => this.#visit(part));
        return {
          first: ends.flatMap(({ first }) => first),
          last: ends.flatMap(({ last }) => last),
          canBeEmpty: ends.some(({ canBeEmpty }) => canBeEmpty),
          looksFirst: ends.some(({ looksFirst }) => looksFirst),
        };
      }
      case 'repeat': {
        const ends = this.#visit(node.node);
        if (node.max > 1) this.#join(ends, ends);
        return node.min === 0 ? { ...ends, canBeEmpty: true } : ends;
      }
      case 'atomic':
        return this.#visit(node.node);
      case 'look':
        this.#visit(node.node);
        return { ...nothing, looksFirst: true };
      default:
        return { ...nothing, looksFirst: true };
    }
  }

  #join(before: Ends, after: Ends): Ends {
    for (const last of before.last) {
      for (const first of after.first) this.#next[last]!.add(first);
      if (after.looksFirst) this.#looksAhead.add(last);
    }
    return {
      first: before.canBeEmpty ? [...before.first, ...after.first] : before.first,
      last: after.canBeEmpty ? [...before.last, ...after.last] : after.last,
      canBeEmpty: before.canBeEmpty && after.canBeEmpty,
      looksFirst: before.looksFirst || (before.canBeEmpty && after.looksFirst),
    };
  }

  /** The sets of a node one character of which it matches, wherever that is, and whatever follows. */
  *#aloneIn(node: RegexNode, counter = { next: 0 }): Generator<number> {
    switch (node.kind) {
      case 'set':
        yield counter.next++;
        return;
      case 'choice':
        for (const part of node.nodes) yield* this.#aloneIn(part, counter);
        return;
      case 'repeat': {
        const inside = [...this.#aloneIn(node.node, counter)];
        if (node.min <= 1 && node.max >= 1) yield* inside;
        return;
      }
      case 'atomic':
        yield* this.#aloneIn(node.node, counter);
        return;
      case 'sequence':
        for (const [index, part] of node.nodes.entries()) {
          const inside = [...this.#aloneIn(part, counter)];
          const before = node.nodes.slice(0, index);
          const others = [...before, ...node.nodes.slice(index + 1)];
          // Something atomic before it might take the character, and not give it back.
          if (others.every(canBeSkipped) && !before.some(isAtomic)) yield* inside;
        }
        return;
      case 'look':
        // Its sets are numbered, but what they match is no match.
        for (const _ of this.#aloneIn(node.node, counter));
    }
  }
}

/** How a node begins and ends. */
interface Ends {
  /** Sets that may come first and last. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly canBeEmpty: boolean;
  /** Whether something may be asked of the text before the first character. */
  readonly looksFirst: boolean;
}

const nothing: Ends = { first: [], last: [], canBeEmpty: true, looksFirst: false };

/** The pattern of a text is that of its characters in a row. */
function nodeOf(pattern: TextPattern): RegexNode | undefined {
  const json = pattern.toJSON();
  if ('Regex' in json) return parseRegex(json.Regex);
  const nodes = Array.from(json.String, (character): RegexNode => {
    const codePoint = character.codePointAt(0)!;
    return { kind: 'set', set: [codePoint, codePoint + 1] };
  });
  return { kind: 'sequence', nodes };
}

function looksBehind(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'sequence':
    case 'choice':
      return node.nodes.some(looksBehind);
    case 'repeat':
    case 'atomic':
      return looksBehind(node.node);
    case 'look':
      return node.isBehind || looksBehind(node.node);
    default:
      return !['line-end', 'text-end', 'last-line-end'].includes(node.assertion);
  }
}

/** Whether a node matches nothing wherever it matches nothing else, without asking for anything. */
function canBeSkipped(node: RegexNode): boolean {
  switch (node.kind) {
    case 'sequence':
      return node.nodes.every(canBeSkipped);
    case 'choice':
      return node.nodes.some(canBeSkipped);
    case 'repeat':
      return node.min === 0 || canBeSkipped(node.node);
    case 'atomic':
      return canBeSkipped(node.node);
    default:
      return false;
  }
}

function isAtomic(node: RegexNode): boolean {
  switch (node.kind) {
    case 'sequence':
    case 'choice':
      return node.nodes.some(isAtomic);
    case 'repeat':
      return node.mode === 'possessive' || isAtomic(node.node);
    default:
      return node.kind === 'atomic';
  }
}
