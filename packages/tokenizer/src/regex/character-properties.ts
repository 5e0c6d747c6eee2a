import { runLengths } from '../unicode/code-point-set.ts';
import { categorySets, propertySets } from '../unicode/tables/general-categories.ts';
import { scriptSets } from '../unicode/tables/scripts.ts';
import {
  type CodePointRanges,
  complementOf,
  everything,
  intersectionOf,
  unionOf,
} from './code-point-ranges.ts';

/**
 * The characters with a property, by the name that `\p{…}` has: a general category, a script, or one of a few others. Case,
 * spaces, hyphens and underscores do not matter.
 *
 * @returns undefined if there is no such property, or it is not supported
 */
export function propertyRanges(name: string): CodePointRanges | undefined {
  const key = name.toLowerCase().replace(/[\s_-]/g, '');
  const find = namedProperties().get(key);
  return find?.();
}

/** The characters of a class such as `[:alpha:]`; undefined if there is none of that name. */
export function posixRanges(name: string): CodePointRanges | undefined {
  return Object.hasOwn(posixClasses, name) ? posixClasses[name]!() : undefined;
}

/** `\w` */
export function wordRanges(): CodePointRanges {
  return cached('word', () => unionOf([...posixClasses.word!(), ...[0xb2, 0xb4, 0xb9, 0xba, 0xbc, 0xbf]]));
}

/** `\d` */
export function digitRanges(): CodePointRanges {
  return category('Nd');
}

/** `\s` */
export function spaceRanges(): CodePointRanges {
  return cached('space', () => unionOf([...category('Z'), 0x09, 0x0e, 0x85, 0x86]));
}

/** `\h` */
export const hexDigitRanges: CodePointRanges = [0x30, 0x3a, 0x41, 0x47, 0x61, 0x67];

const posixClasses: Readonly<Record<string, () => CodePointRanges>> = {
  alnum: () => unionOf([...property('Alphabetic'), ...category('Nd')]),
  alpha: () => property('Alphabetic'),
  ascii: () => [0, 0x80],
  blank: () => unionOf([...category('Zs'), 0x09, 0x0a]),
  cntrl: () => category('Cc'),
  digit: () => category('Nd'),
  graph: () =>
    complementOf(unionOf([...category('Z'), ...category('Cc'), ...category('Cn'), 0xd800, 0xe000])),
  lower: () => property('Lowercase'),
  print: () => unionOf([...posixClasses.graph!(), ...category('Zs')]),
  punct: () => unionOf([...category('P'), ...category('S')]),
  space: spaceRanges,
  upper: () => property('Uppercase'),
  word: () => unionOf([...property('Alphabetic'), ...category('M'), ...category('Nd'), ...category('Pc')]),
  xdigit: () => hexDigitRanges,
};

const cache = new Map<string, CodePointRanges>();

function cached(key: string, make: () => CodePointRanges): CodePointRanges {
  let ranges = cache.get(key);
  if (!ranges) {
    ranges = make();
    cache.set(key, ranges);
  }
  return ranges;
}

/** A general category of one or two letters. */
function category(name: string): CodePointRanges {
  return cached(`gc=${name}`, () => {
    if (name === 'Cs') return [0xd800, 0xe000];
    if (name === 'Cn') {
      return complementOf(
        unionOf([...Object.keys(categorySets).flatMap((other) => [...category(other)]), 0xd800, 0xe000]),
      );
    }
    if (name === 'C') return unionOf(['Cc', 'Cf', 'Cn', 'Co', 'Cs'].flatMap((other) => [...category(other)]));
    if (name.length === 1) {
      return unionOf(
        Object.keys(categorySets)
          .filter((other) => other.startsWith(name))
          .flatMap((other) => [...category(other)]),
      );
    }
    return decode(categorySets[name]!);
  });
}

function property(name: string): CodePointRanges {
  return cached(name, () => decode(propertySets[name]!));
}

function decode(runs: string): CodePointRanges {
  const bounds: number[] = [];
  let position = 0;
  for (const length of runLengths(runs)) {
    position += length;
    bounds.push(position);
  }
  // The runs begin with one outside the set, which may be empty.
  return unionOf(bounds);
}

let names: Map<string, () => CodePointRanges> | undefined;

function namedProperties(): Map<string, () => CodePointRanges> {
  if (names) return names;
  names = new Map();
  for (const name of Object.keys(scriptSets)) {
    const find = () => cached(`sc=${name}`, () => decode(scriptSets[name]!));
    names.set(name.toLowerCase().replaceAll('_', ''), find);
  }
  for (const [name, find] of Object.entries(posixClasses)) names.set(name, find);
  names.set('punct', () => category('P'));
  names.set('word', wordRanges);
  names.set('alphabetic', () => property('Alphabetic'));
  names.set('uppercase', () => property('Uppercase'));
  names.set('lowercase', () => property('Lowercase'));
  names.set('whitespace', spaceRanges);
  names.set('any', () => everything);
  names.set('assigned', () => complementOf(category('Cn')));
  names.set('lc', () => unionOf(['Lu', 'Ll', 'Lt'].flatMap((name) => [...category(name)])));
  names.set('hexdigit', () => intersectionOf(hexDigitRanges, everything));
  for (const [short, long] of Object.entries(categoryNames)) {
    for (const name of [short, long])
      names.set(name.toLowerCase().replaceAll('_', ''), () => category(short));
  }
  for (const [short, long] of Object.entries(scriptShortNames)) {
    names.set(short.toLowerCase(), names.get(long.toLowerCase())!);
  }
  return names;
}

const categoryNames: Readonly<Record<string, string>> = {
  C: 'Other',
  Cc: 'Control',
  Cf: 'Format',
  Cn: 'Unassigned',
  Co: 'Private_Use',
  Cs: 'Surrogate',
  L: 'Letter',
  Ll: 'Lowercase_Letter',
  Lm: 'Modifier_Letter',
  Lo: 'Other_Letter',
  Lt: 'Titlecase_Letter',
  Lu: 'Uppercase_Letter',
  M: 'Mark',
  Mc: 'Spacing_Mark',
  Me: 'Enclosing_Mark',
  Mn: 'Nonspacing_Mark',
  N: 'Number',
  Nd: 'Decimal_Number',
  Nl: 'Letter_Number',
  No: 'Other_Number',
  P: 'Punctuation',
  Pc: 'Connector_Punctuation',
  Pd: 'Dash_Punctuation',
  Pe: 'Close_Punctuation',
  Pf: 'Final_Punctuation',
  Pi: 'Initial_Punctuation',
  Po: 'Other_Punctuation',
  Ps: 'Open_Punctuation',
  S: 'Symbol',
  Sc: 'Currency_Symbol',
  Sk: 'Modifier_Symbol',
  Sm: 'Math_Symbol',
  So: 'Other_Symbol',
  Z: 'Separator',
  Zl: 'Line_Separator',
  Zp: 'Paragraph_Separator',
  Zs: 'Space_Separator',
};

/** ISO 15924 codes of scripts that patterns in the wild use. */
const scriptShortNames: Readonly<Record<string, string>> = {
  Arab: 'Arabic',
  Armn: 'Armenian',
  Beng: 'Bengali',
  Bopo: 'Bopomofo',
  Cyrl: 'Cyrillic',
  Deva: 'Devanagari',
  Ethi: 'Ethiopic',
  Geor: 'Georgian',
  Grek: 'Greek',
  Gujr: 'Gujarati',
  Guru: 'Gurmukhi',
  Hang: 'Hangul',
  Hani: 'Han',
  Hebr: 'Hebrew',
  Hira: 'Hiragana',
  Kana: 'Katakana',
  Khmr: 'Khmer',
  Knda: 'Kannada',
  Laoo: 'Lao',
  Latn: 'Latin',
  Mlym: 'Malayalam',
  Mong: 'Mongolian',
  Mymr: 'Myanmar',
  Orya: 'Oriya',
  Sinh: 'Sinhala',
  Syrc: 'Syriac',
  Taml: 'Tamil',
  Telu: 'Telugu',
  Thaa: 'Thaana',
  Tibt: 'Tibetan',
  Zinh: 'Inherited',
  Zyyy: 'Common',
};
