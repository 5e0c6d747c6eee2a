import { withOtherCases } from './case-folding.ts';
import { posixRanges } from './character-properties.ts';
import {
  type CodePointRanges,
  complementOf,
  everything,
  intersectionOf,
  unionOf,
} from './code-point-ranges.ts';
import { parseEscapedCharacter, parseShorthand } from './parse-escape.ts';
import type { RegexScanner } from './regex-scanner.ts';

/**
 * Reads a class such as `[^a-z\d[:alpha:]&&[^x]]`, after its first bracket.
 *
 * @param ignoresCase whether all that is in the class as a whole counts in every case
 */
export function parseCharacterClass(scanner: RegexScanner, ignoresCase: boolean, depth = 0): CodePointRanges {
  if (depth > DEEPEST) throw scanner.error(`must not nest classes more than ${DEEPEST} levels deep`);
  const isComplement = scanner.accept('^');
  let intersection: CodePointRanges = everything;
  let ranges: number[] = [];
  let isEmpty = true;
  for (;;) {
    if (scanner.isAtEnd) throw scanner.error('must close every "[" with "]"');
    if (scanner.accept('&&')) {
      intersection = intersectionOf(intersection, unionOf(ranges));
      ranges = [];
      isEmpty = false;
      continue;
    }
    if (scanner.sees(']') && (!isEmpty || !scanner.source.includes(']', scanner.position + 1))) {
      if (isEmpty) throw scanner.error('must not have an empty class');
      scanner.skip(1);
      break;
    }
    isEmpty = false;
    const posix = /^\[:(\^?)(\w+):\]/.exec(scanner.rest(24));
    if (posix) {
      const named = posixRanges(posix[2]!);
      if (!named) throw scanner.error(`must use only classes that are supported, got "${posix[0]}"`);
      scanner.skip(posix[0].length);
      ranges.push(...(posix[1] ? complementOf(named) : named));
    } else if (scanner.accept('[')) {
      ranges.push(...parseCharacterClass(scanner, false, depth + 1));
    } else {
      ranges.push(...parseRange(scanner));
    }
  }
  let set = intersectionOf(intersection, unionOf(ranges));
  if (ignoresCase) set = withOtherCases(set);
  return isComplement ? complementOf(set) : set;
}

const DEEPEST = 50;

/** A single character, a shorthand, or `a-z`. */
function parseRange(scanner: RegexScanner): CodePointRanges {
  const start = parseMember(scanner);
  if (typeof start !== 'number') return start;
  const isRange = scanner.sees('-') && !scanner.sees('-]') && !scanner.sees('-[') && !scanner.sees('-&&');
  if (!isRange) return [start, start + 1];
  scanner.skip(1);
  const end = parseMember(scanner);
  if (typeof end !== 'number') throw scanner.error('must have characters at both ends of a range');
  if (end < start) throw scanner.error('must have the smaller character first in a range');
  return [start, end + 1];
}

function parseMember(scanner: RegexScanner): number | CodePointRanges {
  if (scanner.isAtEnd) throw scanner.error('must close every "[" with "]"');
  if (!scanner.accept('\\')) return scanner.take().codePointAt(0)!;
  if (scanner.isAtEnd) throw scanner.error('must not end with "\\"');
  const shorthand = parseShorthand(scanner);
  if (shorthand) return shorthand;
  if (scanner.accept('b')) return 0x08;
  return parseEscapedCharacter(scanner);
}
