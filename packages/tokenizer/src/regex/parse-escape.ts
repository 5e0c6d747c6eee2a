import {
  digitRanges,
  hexDigitRanges,
  propertyRanges,
  spaceRanges,
  wordRanges,
} from './character-properties.ts';
import { type CodePointRanges, codePointLimit, complementOf } from './code-point-ranges.ts';
import type { RegexScanner } from './regex-scanner.ts';

/** Reads what follows a backslash if it stands for a set: `\d`, `\W`, `\p{L}`. */
export function parseShorthand(scanner: RegexScanner): CodePointRanges | undefined {
  const letter = scanner.peek();
  const find = shorthands[letter.toLowerCase()];
  if (find) {
    scanner.skip(1);
    return letter === letter.toLowerCase() ? find() : complementOf(find());
  }
  // Without a brace, `\p` is only a letter.
  if (!scanner.sees('p{') && !scanner.sees('P{')) return undefined;
  const end = scanner.source.indexOf('}', scanner.position);
  if (end < 0) throw scanner.error('must close "\\p{" with "}"');
  const name = scanner.source.slice(scanner.position + 2, end);
  const isComplement = (letter === 'P') !== name.startsWith('^');
  const ranges = propertyRanges(name.replace(/^\^/, ''));
  if (!ranges) throw scanner.error(`must use only properties that are supported, got "\\p{${name}}"`);
  scanner.position = end + 1;
  return isComplement ? complementOf(ranges) : ranges;
}

/** Reads what follows a backslash if it stands for one character: `\n`, `\x41`, `\.`. */
export function parseEscapedCharacter(scanner: RegexScanner): number {
  const patterns: readonly (readonly [RegExp, number])[] = [
    [/^x\{([0-9A-Fa-f]{1,8})\}/, 16],
    [/^x([0-9A-Fa-f]{0,2})/, 16],
    [/^u([0-9A-Fa-f]{4})/, 16],
    [/^([0-7]{1,3})/, 8],
  ];
  const rest = scanner.rest(12);
  for (const [pattern, radix] of patterns) {
    const match = pattern.exec(rest);
    if (!match) continue;
    scanner.skip(match[0].length);
    if (match[1] === '') return match[0].codePointAt(0)!; // `\x` without digits
    const codePoint = Number.parseInt(match[1]!, radix);
    if (codePoint >= codePointLimit || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
      throw scanner.error('must use only code points of Unicode characters');
    }
    return codePoint;
  }
  if (scanner.sees('u')) throw scanner.error('must have four hexadecimal digits after "\\u"');
  if (scanner.sees('c') || scanner.sees('C-') || scanner.sees('M-')) {
    throw scanner.error('must not use control escapes, which are not supported; write "\\x" and the code');
  }
  const character = scanner.take();
  return controls[character] ?? character.codePointAt(0)!;
}

const shorthands: Readonly<Record<string, (() => CodePointRanges) | undefined>> = {
  d: digitRanges,
  h: () => hexDigitRanges,
  s: spaceRanges,
  w: wordRanges,
};

const controls: Readonly<Record<string, number | undefined>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};
