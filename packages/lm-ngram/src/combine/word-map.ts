import type { AnyLanguageModel } from '../language-model.ts';
import { NgramVocabulary, UNKNOWN } from '../vocabulary.ts';

/** How words of a larger vocabulary appear to a model that lacks some of them. */
export interface WordMap {
  /** The model's id of each word, {@link UNKNOWN} for those that it lacks. */
  readonly ids: Int32Array;
  /** Words that the model takes for `<unk>`, `<unk>` itself among them. */
  readonly unknown: Int32Array;
  /** Logarithms to base 10, by word: the part of the probability of `ids[word]` that the word has; 0 for words that the model has. */
  readonly logShares: Float64Array;
}

/**
 * One vocabulary of all words, and how they appear to each model. What a model gives `<unk>` is shared by the words that it lacks and `<unk>` itself, as
 * frequent as each is in the models that have it: a text in which `<unk>` stands for many words keeps most for that.
 */
export function joinVocabularies(models: readonly AnyLanguageModel[]): {
  vocabulary: NgramVocabulary;
  maps: readonly WordMap[];
} {
  const vocabulary = NgramVocabulary.of(models.flatMap((model) => model.vocabulary.words));
  const allIds = models.map((model) => model.vocabulary.encode(vocabulary.words));
  /** Of each word that some model lacks, the mean over the models that have it. */
  const frequencies = new Float64Array(vocabulary.size);
  for (let word = 0; word < vocabulary.size; word++) {
    if (word !== UNKNOWN && allIds.every((ids) => ids[word] !== UNKNOWN)) continue;
    let sum = 0;
    let count = 0;
    for (const [index, model] of models.entries()) {
      const id = allIds[index]![word]!;
      if (id === UNKNOWN && word !== UNKNOWN) continue;
      sum += 10 ** model.score(model.emptyState, id).log10Probability;
      count++;
    }
    frequencies[word] = sum / count;
  }
  const maps = allIds.map((ids): WordMap => {
    const unknown = Int32Array.from(ids.keys()).filter((word) => ids[word] === UNKNOWN);
    const total = unknown.reduce((sum, word) => sum + frequencies[word]!, 0);
    const logShares = new Float64Array(ids.length);
    for (const word of unknown) {
      logShares[word] = Math.log10(total > 0 ? frequencies[word]! / total : 1 / unknown.length);
    }
    return { ids, unknown, logShares };
  });
  return { vocabulary, maps };
}
