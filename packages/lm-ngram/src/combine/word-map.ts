import { NgramVocabulary, UNKNOWN } from '../vocabulary.ts';

/** How words of a larger vocabulary appear to a model that lacks some of them. */
export interface WordMap {
  /** The model's id of each word, {@link UNKNOWN} for those that it lacks. */
  readonly ids: Int32Array;
  /** Words that the model takes for `<unk>`, `<unk>` itself among them. */
  readonly unknown: Int32Array;
  /** The part of `<unk>`'s probability that each of them has, as a logarithm to base 10: equal parts, so that all adds up to 1. */
  readonly unknownShare: number;
}

/** One vocabulary of all words, and how they appear to each model. */
export function joinVocabularies(vocabularies: readonly NgramVocabulary[]): {
  vocabulary: NgramVocabulary;
  maps: readonly WordMap[];
} {
  const vocabulary = NgramVocabulary.of(vocabularies.flatMap(({ words }) => words));
  const maps = vocabularies.map((own) => {
    const ids = own.encode(vocabulary.words);
    const unknown = Int32Array.from(ids.keys()).filter((word) => ids[word] === UNKNOWN);
    return { ids, unknown, unknownShare: -Math.log10(unknown.length) };
  });
  return { vocabulary, maps };
}
