import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { unicodeClasses } from '../byte-pair/pre-tokenize.ts';
import { NormalizedText } from '../normalized-text.ts';
import { toByteAlphabet } from '../normalizers/byte-level.ts';
import { BertPreTokenizer } from '../pre-tokenizers/bert.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { CharDelimiterSplitPreTokenizer } from '../pre-tokenizers/char-delimiter-split.ts';
import { DigitsPreTokenizer } from '../pre-tokenizers/digits.ts';
import { MetaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { PunctuationPreTokenizer } from '../pre-tokenizers/punctuation.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { UnicodeScriptsPreTokenizer } from '../pre-tokenizers/unicode-scripts.ts';
import { WhitespacePreTokenizer, WhitespaceSplitPreTokenizer } from '../pre-tokenizers/whitespace.ts';
import type { Neighbors } from './normalizer-seams.ts';
import { PatternSeams } from './pattern-seams.ts';
import type { Seam } from './seam.ts';

/** What a pre-tokenizer makes of the place between two characters, and what the two are after it. */
export interface PreTokenizedSeam {
  readonly seam: Seam;
  readonly neighbors: Neighbors;
}

type SeamOf = (before: number, after: number) => PreTokenizedSeam;

/** @returns a function of two neighboring characters */
export function preTokenizerSeams(preTokenizer: PreTokenizer | undefined): SeamOf {
  const parts = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts : [preTokenizer];
  const rules = parts.flatMap((part, index) => (part ? [seamsOf(part, index === 0)] : []));
  return (before, after) => {
    let neighbors: Neighbors = [before, after];
    for (const rule of rules) {
      const result = rule(...neighbors);
      if (result.seam !== 'apart') return result;
      neighbors = result.neighbors;
    }
    return { seam: 'apart', neighbors };
  };
}

/** The pre-tokenizer of text that goes on: without the space that it puts in front. */
export function continuedPreTokenizer(preTokenizer: PreTokenizer | undefined): PreTokenizer | undefined {
  if (preTokenizer instanceof SequencePreTokenizer) {
    const [first, ...others] = preTokenizer.parts;
    return first ? new SequencePreTokenizer([continuedPreTokenizer(first)!, ...others]) : preTokenizer;
  }
  if (preTokenizer instanceof ByteLevelPreTokenizer) {
    const { trimOffsets, useRegex } = preTokenizer;
    return new ByteLevelPreTokenizer({ addPrefixSpace: false, trimOffsets, useRegex });
  }
  if (preTokenizer instanceof MetaspacePreTokenizer) {
    const { replacement, cuts } = preTokenizer;
    return new MetaspacePreTokenizer({ replacement, prependScheme: 'never', split: cuts });
  }
  return preTokenizer;
}

/** @param isFirst whether text reaches it uncut, so that what it puts in front of words it puts in front of texts */
function seamsOf(preTokenizer: PreTokenizer, isFirst: boolean): SeamOf {
  if (preTokenizer instanceof SplitPreTokenizer) return splitSeams(preTokenizer);
  if (preTokenizer instanceof ByteLevelPreTokenizer) {
    return preTokenizer.addPrefixSpace && !isFirst ? joined : byteLevelSeams(preTokenizer);
  }
  if (preTokenizer instanceof MetaspacePreTokenizer) return metaspaceSeams(preTokenizer, isFirst);
  if (
    preTokenizer instanceof BertPreTokenizer ||
    preTokenizer instanceof CharDelimiterSplitPreTokenizer ||
    preTokenizer instanceof DigitsPreTokenizer ||
    preTokenizer instanceof PunctuationPreTokenizer ||
    preTokenizer instanceof WhitespacePreTokenizer ||
    preTokenizer instanceof WhitespaceSplitPreTokenizer
  ) {
    // These look at two neighboring characters at a time, and so does a text of two characters.
    return (before, after) =>
      seam(keepsTogether(preTokenizer, before, after) ? 'apart' : 'cut', before, after);
  }
  if (preTokenizer instanceof UnicodeScriptsPreTokenizer) {
    return (before, after) => seam(cutInTwo(preTokenizer, before, after) ? 'cut' : 'joined', before, after);
  }
  return joined;
}

function seam(kind: Seam, before: number, after: number): PreTokenizedSeam {
  return { seam: kind, neighbors: [before, after] };
}

function joined(before: number, after: number): PreTokenizedSeam {
  return seam('joined', before, after);
}

function splitSeams({ pattern, behavior }: SplitPreTokenizer): SeamOf {
  const seams = PatternSeams.of(pattern);
  if (!seams) return joined;
  const keepsMatchesApart = behavior === 'Isolated' || behavior === 'Removed';
  return (before, after) => {
    if (!seams.areApart(before, after)) return joined(before, after);
    return seam(keepsMatchesApart && seams.beginsAt(after) ? 'cut' : 'apart', before, after);
  };
}

/** After GPT-2's pattern, white space asks for what follows it, and so does an apostrophe; all else ends where its kind ends. */
function byteLevelSeams({ useRegex }: ByteLevelPreTokenizer): SeamOf {
  if (useRegex) {
    return (before, after) => {
      const classes = unicodeClasses();
      const kind = classes[before] ?? 0;
      const isCut = kind !== WHITE_SPACE && kind !== (classes[after] ?? 0) && before !== APOSTROPHE;
      return seam(isCut ? 'cut' : 'joined', before, after);
    };
  }
  const { characters } = createByteAlphabet();
  const bytesOf = (codePoint: number): string =>
    toByteAlphabet(NormalizedText.of(String.fromCodePoint(codePoint), false), characters).text;
  return (before, after) =>
    seam('apart', bytesOf(before).codePointAt(bytesOf(before).length - 1)!, bytesOf(after).codePointAt(0)!);
}

const WHITE_SPACE = 3;
const APOSTROPHE = 0x27;

function metaspaceSeams(
  { replacement, cuts, prependScheme }: MetaspacePreTokenizer,
  isFirst: boolean,
): SeamOf {
  const delimiter = replacement.codePointAt(0)!;
  const written = (codePoint: number): number => (codePoint === 0x20 ? delimiter : codePoint);
  return (before, after) => {
    const [last, first] = [written(before), written(after)];
    if (cuts) return seam(first === delimiter ? 'cut' : 'joined', last, first);
    return seam(isFirst || prependScheme !== 'always' ? 'apart' : 'joined', last, first);
  };
}

function keepsTogether(preTokenizer: PreTokenizer, before: number, after: number): boolean {
  const text = String.fromCodePoint(before, after);
  return wordsOf(preTokenizer, text).some((word) => word.text === text);
}

function cutInTwo(preTokenizer: PreTokenizer, before: number, after: number): boolean {
  const text = String.fromCodePoint(before, after);
  const words = wordsOf(preTokenizer, text);
  return words.length === 2 && words[0]!.length + words[1]!.length === text.length;
}

function wordsOf(preTokenizer: PreTokenizer, text: string): NormalizedText[] {
  const words: NormalizedText[] = [];
  preTokenizer.split(NormalizedText.of(text, false), words);
  return words;
}
