import { NormalizedText } from '../normalized-text.ts';
import { BertNormalizer } from '../normalizers/bert.ts';
import { ByteLevelNormalizer } from '../normalizers/byte-level.ts';
import { LowercaseNormalizer } from '../normalizers/lowercase.ts';
import { NmtNormalizer } from '../normalizers/nmt.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { PrecompiledNormalizer } from '../normalizers/precompiled.ts';
import { PrependNormalizer } from '../normalizers/prepend.ts';
import { ReplaceNormalizer } from '../normalizers/replace.ts';
import { SequenceNormalizer } from '../normalizers/sequence.ts';
import { StripAccentsNormalizer } from '../normalizers/strip-accents.ts';
import { UnicodeFormNormalizer } from '../normalizers/unicode-form.ts';
import { prependedSigns } from '../unicode/grapheme.ts';
import { PatternSeams } from './pattern-seams.ts';

/** Two neighboring characters. */
export type Neighbors = readonly [before: number, after: number];

/**
 * What two neighboring characters are after normalizing, if what is before them does not change what is after them, nor the other
 * way round; otherwise undefined.
 */
export type NormalizedNeighbors = (before: number, after: number) => Neighbors | undefined;

/** @returns undefined for normalizers of which that is not known of any two characters */
export function normalizedNeighbors(normalizer: Normalizer | undefined): NormalizedNeighbors | undefined {
  if (normalizer === undefined || normalizer instanceof PrependNormalizer) {
    return (before, after) => [before, after];
  }
  if (normalizer instanceof SequenceNormalizer) return inSequence(normalizer.parts.map(normalizedNeighbors));
  if (normalizer instanceof ReplaceNormalizer) return replacing(normalizer);
  const images = (before: number, after: number) => imagesOf(normalizer, before, after);
  if (
    normalizer instanceof LowercaseNormalizer ||
    normalizer instanceof NmtNormalizer ||
    normalizer instanceof StripAccentsNormalizer ||
    normalizer instanceof ByteLevelNormalizer
  ) {
    return images; // each character by itself
  }
  // No mark after the second character changes it, and the first is not the mark of another.
  if (normalizer instanceof UnicodeFormNormalizer) {
    return (before, after) => (isStable(before) && isSteady(after) ? [before, after] : undefined);
  }
  if (normalizer instanceof BertNormalizer) {
    return (before, after) => (isStable(before) && isStable(after) ? images(before, after) : undefined);
  }
  if (normalizer instanceof PrecompiledNormalizer) {
    // Rules are for graphemes. Signs that stay with what follows would take the first character with them.
    for (const sign of prependedSigns) {
      if (normalizer.hasRuleFrom(String.fromCodePoint(sign))) return undefined;
    }
    return (before, after) => {
      const isOneGrapheme = before === 0x0d && after === 0x0a;
      if (isOneGrapheme || !isStable(before) || !isStable(after)) return undefined;
      return normalizer.isSteady(String.fromCodePoint(after)) ? images(before, after) : undefined;
    };
  }
  return undefined;
}

/** The normalizer of text that goes on: without what it puts in front. */
export function continuedNormalizer(normalizer: Normalizer): SequenceNormalizer {
  if (normalizer instanceof PrependNormalizer) return new SequenceNormalizer([]);
  if (!(normalizer instanceof SequenceNormalizer)) return new SequenceNormalizer([normalizer]);
  return new SequenceNormalizer(normalizer.parts.map(continuedNormalizer));
}

function inSequence(parts: readonly (NormalizedNeighbors | undefined)[]): NormalizedNeighbors | undefined {
  if (parts.includes(undefined)) return undefined;
  return (before, after) => {
    let neighbors: Neighbors | undefined = [before, after];
    for (const part of parts) neighbors = neighbors && part!(...neighbors);
    return neighbors;
  };
}

/**
 * Characters that the pattern has nothing to do with stay; a pattern for one character makes its content of it each time. After a
 * character that stays, a match begins with the second one, which stays if the content begins with it.
 */
function replacing({ pattern, content }: ReplaceNormalizer): NormalizedNeighbors | undefined {
  const seams = PatternSeams.of(pattern);
  if (!seams) return undefined;
  const json = pattern.toJSON();
  const single = 'String' in json && [...json.String].length === 1 ? json.String.codePointAt(0) : undefined;
  const firstOfContent = content.codePointAt(0);
  const lastOfContent = [...content].at(-1)?.codePointAt(0);
  return (before, after) => {
    const last = before === single ? lastOfContent : seams.ignores(before) ? before : undefined;
    const isKept = seams.ignores(after) || (seams.ignores(before) && after === firstOfContent);
    const first = after === single ? firstOfContent : isKept ? after : undefined;
    return last === undefined || first === undefined ? undefined : [last, first];
  };
}

function imagesOf(normalizer: Normalizer, before: number, after: number): Neighbors | undefined {
  const imageOf = (codePoint: number, at: number): number | undefined => {
    const text = NormalizedText.of(String.fromCodePoint(codePoint), false);
    return [...normalizer.normalize(text).text].at(at)?.codePointAt(0);
  };
  const [last, first] = [imageOf(before, -1), imageOf(after, 0)];
  return last === undefined || first === undefined ? undefined : [last, first];
}

/** ASCII and Chinese: characters that never combine with what is before them, and have no other form. */
function isStable(codePoint: number): boolean {
  return codePoint < 0x80 || (codePoint >= 0x4e00 && codePoint <= 0x9fff);
}

/** Those of them that combine with nothing that comes after, either. */
function isSteady(codePoint: number): boolean {
  return isStable(codePoint) && !/[A-Za-z<=>]/.test(String.fromCodePoint(codePoint));
}
