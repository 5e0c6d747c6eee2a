import { createPieceScanner, type PieceScanner } from '../byte-pair/piece-scanner.ts';
import { type SplitRule, splitRule } from '../byte-pair/split-patterns.ts';
import type { TextPattern, TextPatternJson } from '../text-pattern.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { compileRegex } from './compile-regex.ts';
import { parseRegex } from './parse-regex.ts';
import { RegexMatcher } from './regex-matcher.ts';
import { RunPattern } from './run-pattern.ts';

/**
 * A regular expression as Hugging Face's tokenizers have it (Oniguruma, with Ruby's rules), with this package's own tables of
 * characters and its own matcher, which takes bounded time. Published patterns of tokenizers have scanners written out by hand.
 */
export class RegexPattern implements TextPattern {
  readonly source: string;
  /** What a published pattern says; such a pattern leaves out nothing of a text. */
  readonly rule: SplitRule | undefined;
  readonly #scanner: PieceScanner | undefined;
  readonly #run: RunPattern | undefined;
  readonly #matcher: RegexMatcher | undefined;
  /** What a match may begin with; undefined if that is anything. */
  readonly #first: CodePointSet | undefined;

  /** @throws {SyntaxError} if it is no regular expression, or uses what is not supported */
  constructor(source: string) {
    this.source = source;
    this.rule = splitRule(source);
    if (this.rule) {
      this.#scanner = createPieceScanner(this.rule);
      return;
    }
    const tree = parseRegex(source);
    this.#run = RunPattern.of(tree);
    if (this.#run) return;
    const program = compileRegex(tree);
    this.#matcher = new RegexMatcher(program, source);
    this.#first = program.first && CodePointSet.ofRanges(program.first);
  }

  /** @throws {RangeError} if the pattern takes too many steps for the text */
  matches(text: string): number[] {
    const ranges: number[] = [];
    if (this.#scanner) {
      for (let start = 0; start < text.length; ) {
        const end = this.#scanner(text, start);
        ranges.push(start, end);
        start = end;
      }
      return ranges;
    }
    if (this.#run) return this.#run.matches(text);
    const matcher = this.#matcher!;
    const first = this.#first;
    matcher.start(text);
    let lastEnd = -1;
    for (let start = 0; start <= text.length; ) {
      const unit = text.charCodeAt(start);
      const isPair = unit >= 0xd800 && unit <= 0xdbff && start + 1 < text.length;
      let end = -1;
      if (!first) end = matcher.matchAt(start);
      else if (start < text.length && first.has(isPair ? text.codePointAt(start)! : unit))
        end = matcher.matchAt(start);
      // As in the reference, an empty match does not count right after another match.
      if (end < 0 || (end === start && start === lastEnd)) {
        start += isPair ? 2 : 1;
        continue;
      }
      ranges.push(start, end);
      lastEnd = end;
      start = end;
    }
    return ranges;
  }

  toJSON(): TextPatternJson {
    return { Regex: this.source };
  }
}
