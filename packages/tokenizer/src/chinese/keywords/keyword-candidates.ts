import type { TaggedPiece } from '../segmentation/dictionary-segmenter.ts';

/** Whatever finds the words of a text and their parts of speech, such as a `DictionarySegmenter`. */
export interface Tagger {
  tag(text: string): readonly TaggedPiece[];
}

export interface Keyword {
  readonly word: string;
  /** The higher the more it says about the text; comparable within one text. */
  readonly weight: number;
}

export interface KeywordOptions {
  readonly segmenter: Tagger;
  /** How many keywords to return at most; default 20. */
  readonly count?: number;
  /** Words of other parts of speech are no keywords. */
  readonly tags?: readonly string[];
  /** Words, in lower case, that are no keywords; default a few English ones. */
  readonly stopWords?: ReadonlySet<string>;
}

/** The words of English that texts of any subject are full of, as in jieba. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  'the of is and to in that we for an are by be as on with can if from which you it this then at have all not one has or that'.split(
    ' ',
  ),
);

/** Whether a word may be a keyword: of two characters at least, no stop word, of one of the parts of speech. */
export function isCandidate(
  { text, tag }: TaggedPiece,
  tags: ReadonlySet<string> | undefined,
  stopWords: ReadonlySet<string>,
): boolean {
  if (tags && !tags.has(tag)) return false;
  const trimmed = text.trim();
  // Two code units may be one character.
  if (trimmed.length < 2 || (trimmed.length === 2 && Array.from(trimmed).length < 2)) return false;
  return !stopWords.has(text.toLowerCase());
}

/** The heaviest first; of equally heavy ones the one that came first. */
export function heaviest(weights: ReadonlyMap<string, number>, count: number): Keyword[] {
  return Array.from(weights, ([word, weight]) => ({ word, weight }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count);
}
