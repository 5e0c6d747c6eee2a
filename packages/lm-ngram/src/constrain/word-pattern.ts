import { describeValue } from '../describe-value.ts';
import { type AutomatonState, checkSize, WordAutomaton } from './word-automaton.ts';

/**
 * Sentences that a regular expression over words matches as a whole: words between blanks, `.` for any word, `(… | …)`, and `*`, `+`, `?`, `{2}`,
 * `{2,}`, `{2,5}` behind a word or a group. Words with such signs in them stand in double quotes.
 *
 * @throws {SyntaxError} if the expression is broken; the message names the place
 * @throws {RangeError} if its automaton would be huge
 * @example
 * wordPattern('(the | a) . + (sat | ran) {1,2}');
 */
export function wordPattern(pattern: string): WordAutomaton {
  const { edges, start, end } = new Parser(pattern).parse();
  const sets = new Map<string, number>();
  const open: number[][] = [];
  const numberOf = (nodes: Iterable<number>) => {
    const closed = close(edges, nodes);
    if (closed.length === 0) return -1;
    const key = closed.join(' ');
    let number = sets.get(key);
    if (number === undefined) {
      number = open.length;
      checkSize(number, 'wordPattern');
      sets.set(key, number);
      open.push(closed);
    }
    return number;
  };
  numberOf([start]);
  const states: AutomatonState[] = [];
  for (let index = 0; index < open.length; index++) {
    const nodes = open[index]!;
    const out = nodes.flatMap((node) => edges[node]!);
    const any = out.filter(({ label }) => label === ANY).map(({ to }) => to);
    const words = new Map<string, number[]>();
    for (const { label, to } of out) {
      if (typeof label === 'string') words.set(label, [...(words.get(label) ?? any), to]);
    }
    states.push({
      words: new Map(Array.from(words, ([word, targets]) => [word, numberOf(targets)])),
      others: numberOf(any),
      accepting: nodes.includes(end),
    });
  }
  return new WordAutomaton(states);
}

const ANY = Symbol('any word');
const NOTHING = Symbol('no word');

interface Edge {
  readonly label: string | typeof ANY | typeof NOTHING;
  readonly to: number;
}

/** All nodes that can be reached without a word, in order. */
function close(edges: readonly (readonly Edge[])[], nodes: Iterable<number>): number[] {
  const reached = new Set(nodes);
  for (const node of reached) {
    for (const { label, to } of edges[node]!) if (label === NOTHING) reached.add(to);
  }
  return [...reached].sort((a, b) => a - b);
}

/** A part of the expression, which can be built as often as it is repeated. */
type Part = (start: number) => number;

/**
 * Builds an automaton with edges that take no word, from an expression.
 *
 * @see Thompson 1968
 */
class Parser {
  readonly #pattern: string;
  readonly #edges: Edge[][] = [];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): { edges: Edge[][]; start: number; end: number } {
    const whole = this.#alternatives();
    if (this.#peek() !== '') throw this.#wrong(`expected the end, got ${describeValue(this.#peek())}`);
    const start = this.#node();
    return { edges: this.#edges, start, end: whole(start) };
  }

  #alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    return (start) => {
      const end = this.#node();
      for (const part of parts) {
        const own = this.#node();
        this.#edge(start, NOTHING, own);
        this.#edge(part(own), NOTHING, end);
      }
      return end;
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    for (let sign = this.#peek(); sign !== '' && sign !== '|' && sign !== ')'; sign = this.#peek()) {
      parts.push(this.#repeated());
    }
    return (start) => parts.reduce((at, part) => part(at), start);
  }

  #repeated(): Part {
    let part = this.#single();
    for (;;) {
      const sign = this.#peek();
      if (sign === '*') part = this.#repeat(part, 0, Infinity);
      else if (sign === '+') part = this.#repeat(part, 1, Infinity);
      else if (sign === '?') part = this.#repeat(part, 0, 1);
      else if (sign === '{') part = this.#repeat(part, ...this.#bounds());
      else return part;
      this.#at++;
    }
  }

  #single(): Part {
    const sign = this.#peek();
    if (sign === '(') {
      this.#at++;
      const group = this.#alternatives();
      if (this.#peek() !== ')') throw this.#wrong('expected a closing bracket');
      this.#at++;
      return group;
    }
    const rest = this.#pattern.slice(this.#at);
    const word = /^"[^"]*"/.exec(rest)?.[0] ?? /^[^\s()|*+?{}"]+/.exec(rest)?.[0];
    if (word === undefined) throw this.#wrong(`expected a word, got ${describeValue(sign)}`);
    this.#at += word.length;
    const label = word === '.' ? ANY : word.replaceAll('"', '');
    return (start) => {
      const end = this.#node();
      this.#edge(start, label, end);
      return end;
    };
  }

  /** Leaves the place at the closing bracket. */
  #bounds(): [minimum: number, maximum: number] {
    const found = /^\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/.exec(this.#pattern.slice(this.#at));
    if (!found) throw this.#wrong('expected {2}, {2,} or {2,5}');
    const minimum = Number(found[1]);
    const maximum = found[2] === undefined ? minimum : found[3] === '' ? Infinity : Number(found[3]);
    if (maximum < minimum) throw this.#wrong(`${found[0]} must not fall`);
    this.#at += found[0].length - 1;
    return [minimum, maximum];
  }

  #repeat(part: Part, minimum: number, maximum: number): Part {
    return (start) => {
      let at = start;
      for (let count = 0; count < minimum; count++) at = part(at);
      if (maximum === Infinity) {
        const loop = this.#node();
        this.#edge(at, NOTHING, loop);
        this.#edge(part(loop), NOTHING, loop);
        return loop;
      }
      const end = this.#node();
      for (let count = minimum; count < maximum; count++) {
        this.#edge(at, NOTHING, end);
        at = part(at);
      }
      this.#edge(at, NOTHING, end);
      return end;
    };
  }

  /** The next sign that is no blank; empty at the end. */
  #peek(): string {
    while (/\s/.test(this.#pattern[this.#at] ?? '')) this.#at++;
    return this.#pattern[this.#at] ?? '';
  }

  #node(): number {
    checkSize(this.#edges.length, 'wordPattern');
    return this.#edges.push([]) - 1;
  }

  #edge(from: number, label: Edge['label'], to: number): void {
    this.#edges[from]!.push({ label, to });
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`wordPattern: place ${this.#at + 1} of ${describeValue(this.#pattern)}: ${what}.`);
  }
}
