import { CodePointSet } from '../unicode/code-point-set.ts';
import { areDisjoint, type CodePointRanges, contains } from './code-point-ranges.ts';
import { firstSetOf } from './first-set.ts';
import {
  ASSERT,
  ATOMIC,
  CHOICE,
  type ChoiceDispatch,
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
  type Step,
} from './regex-program.ts';
import { isNullable, type RegexNode } from './syntax-tree.ts';

/**
 * Makes a program of a regular expression.
 *
 * @throws {SyntaxError} if it would be too large
 */
export function compileRegex(node: RegexNode): RegexProgram {
  const compiler = new Compiler();
  compiler.emit(node, { isBehind: false, next: undefined, isLast: true });
  compiler.add({ op: MATCH });
  return {
    steps: compiler.steps,
    branchCount: compiler.branchCount,
    registerCount: compiler.registerCount,
    first: firstSetOf(node),
  };
}

/** Where a node stands. */
interface Context {
  /** Whether it is matched from its end to its beginning, in a lookbehind. */
  readonly isBehind: boolean;
  /** What the character after it has to be; undefined if that is not known. */
  readonly next: CodePointRanges | undefined;
  /** Whether nothing follows that could fail. */
  readonly isLast: boolean;
}

class Compiler {
  readonly steps: Step[] = [];
  branchCount = 0;
  registerCount = 0;
  readonly #sets = new Map<string, CodePointSet>();

  add<Kind extends Step>(step: Kind): Kind {
    if (this.steps.length >= LARGEST) {
      throw new SyntaxError(
        `it must be small enough: repeated parts, written out, have more than ${LARGEST} steps`,
      );
    }
    this.steps.push(step);
    return step;
  }

  emit(node: RegexNode, context: Context): void {
    switch (node.kind) {
      case 'set':
        this.add({ op: context.isBehind ? SET_BEHIND : SET, set: this.#setOf(node.set) });
        return;
      case 'sequence':
        this.#emitSequence(node.nodes, context);
        return;
      case 'choice':
        this.#emitChoice(node.nodes, context);
        return;
      case 'repeat':
        this.#emitRepeat(node, context);
        return;
      case 'atomic':
        this.#emitAtomic(node.node, context.isBehind);
        return;
      case 'look': {
        const look = this.add({ op: LOOK, after: 0, isNegative: node.isNegative });
        this.#emitBody(node.node, node.isBehind);
        look.after = this.steps.length;
        return;
      }
      default:
        this.add({ op: ASSERT, assertion: node.assertion });
    }
  }

  #emitSequence(nodes: readonly RegexNode[], context: Context): void {
    const ordered = context.isBehind ? nodes.toReversed() : nodes;
    for (const [index, node] of ordered.entries()) {
      if (context.isBehind) {
        this.emit(node, unknownContext(true));
        continue;
      }
      const rest = ordered.slice(index + 1);
      const isLast = context.isLast && rest.length === 0;
      const next = rest.length === 0 ? context.next : firstSetOf({ kind: 'sequence', nodes: rest });
      this.emit(node, { isBehind: false, next, isLast });
    }
  }

  #emitChoice(nodes: readonly RegexNode[], context: Context): void {
    if (context.isBehind || nodes.length > 255) {
      this.#emitAlternatives(nodes, context);
      return;
    }
    const choice = this.add({
      op: CHOICE,
      targets: [] as number[],
      dispatch: this.#dispatch(nodes),
      branch: this.branchCount++,
    });
    const jumps: { target: number }[] = [];
    for (const [index, node] of nodes.entries()) {
      choice.targets.push(this.steps.length);
      this.emit(node, context);
      if (index < nodes.length - 1) jumps.push(this.add({ op: JUMP, target: 0 }));
    }
    for (const jump of jumps) jump.target = this.steps.length;
  }

  #emitAlternatives(nodes: readonly RegexNode[], context: Context): void {
    const jumps: { target: number }[] = [];
    for (const [index, node] of nodes.entries()) {
      if (index === nodes.length - 1) {
        this.emit(node, context);
        continue;
      }
      const split = this.add({
        op: SPLIT,
        first: this.steps.length + 1,
        second: 0,
        branch: this.branchCount++,
      });
      this.emit(node, context);
      jumps.push(this.add({ op: JUMP, target: 0 }));
      split.second = this.steps.length;
    }
    for (const jump of jumps) jump.target = this.steps.length;
  }

  #dispatch(nodes: readonly RegexNode[]): ChoiceDispatch {
    const firsts = nodes.map(firstSetOf);
    const count = nodes.length;
    const ascii = new Uint8Array((count + 1) * 128);
    for (let character = 0; character < 128; character++) {
      ascii[count * 128 + character] = count;
      for (let index = count - 1; index >= 0; index--) {
        const first = firsts[index];
        const fits = !first || contains(first, character);
        ascii[index * 128 + character] = fits ? index : ascii[(index + 1) * 128 + character]!;
      }
    }
    return { ascii, firsts: firsts.map((first) => first && this.#setOf(first)) };
  }

  #emitRepeat(node: RegexNode & { kind: 'repeat' }, context: Context): void {
    const { node: body, min, max, mode } = node;
    if (body.kind === 'set' && mode !== 'lazy' && !context.isBehind) {
      const cannotGiveBack =
        context.isLast || (context.next !== undefined && areDisjoint(body.set, context.next));
      this.add({
        op: RUN,
        set: this.#setOf(body.set),
        min,
        max,
        isPossessive: mode === 'possessive' || min === max || cannotGiveBack,
        branch: this.branchCount++,
      });
      return;
    }
    if (mode === 'possessive') {
      this.#emitAtomic({ ...node, mode: 'greedy' }, context.isBehind);
      return;
    }
    const within = unknownContext(context.isBehind);
    for (let count = 0; count < min; count++) this.emit(body, within);
    if (max === Number.POSITIVE_INFINITY) this.#emitLoop(body, mode, within);
    else this.#emitOptional(body, max - min, mode, within);
  }

  /** Any number of rounds. */
  #emitLoop(body: RegexNode, mode: 'greedy' | 'lazy', context: Context): void {
    const canBeEmpty = isNullable(body);
    const start = this.steps.length;
    const split = this.add({ op: SPLIT, first: 0, second: 0, branch: this.branchCount++ });
    const inside = this.steps.length;
    const register = canBeEmpty ? this.registerCount++ : -1;
    if (canBeEmpty) this.add({ op: MARK, register });
    this.emit(body, context);
    const leave = canBeEmpty ? this.add({ op: LEAVE_IF_EMPTY, register, after: 0 }) : undefined;
    this.add({ op: JUMP, target: start });
    const after = this.steps.length;
    if (leave) leave.after = after;
    split.first = mode === 'greedy' ? inside : after;
    split.second = mode === 'greedy' ? after : inside;
  }

  /** So many rounds at most, each inside the one before. */
  #emitOptional(body: RegexNode, count: number, mode: 'greedy' | 'lazy', context: Context): void {
    const splits: (Step & { op: typeof SPLIT })[] = [];
    for (let index = 0; index < count; index++) {
      splits.push(this.add({ op: SPLIT, first: 0, second: 0, branch: this.branchCount++ }));
      const inside = this.steps.length;
      this.emit(body, context);
      const split = splits[index]!;
      if (mode === 'greedy') split.first = inside;
      else split.second = inside;
    }
    for (const split of splits) {
      if (mode === 'greedy') split.second = this.steps.length;
      else split.first = this.steps.length;
    }
  }

  #emitAtomic(body: RegexNode, isBehind: boolean): void {
    const atomic = this.add({ op: ATOMIC, after: 0 });
    this.#emitBody(body, isBehind);
    atomic.after = this.steps.length;
  }

  #emitBody(body: RegexNode, isBehind: boolean): void {
    this.emit(body, { isBehind, next: undefined, isLast: !isBehind });
    this.add({ op: MATCH });
  }

  #setOf(ranges: CodePointRanges): CodePointSet {
    const key = ranges.join();
    let set = this.#sets.get(key);
    if (!set) {
      if (this.#sets.size >= MOST_SETS)
        throw new SyntaxError(`it must have at most ${MOST_SETS} different classes`);
      set = CodePointSet.ofRanges(ranges);
      this.#sets.set(key, set);
    }
    return set;
  }
}

function unknownContext(isBehind: boolean): Context {
  return { isBehind, next: undefined, isLast: false };
}

/** A pattern may not have more steps than this. */
const LARGEST = 20_000;

/** Each takes up to 136 kB. */
const MOST_SETS = 512;
