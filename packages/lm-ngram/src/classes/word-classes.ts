import { type NgramVocabulary, RESERVED_WORDS } from '../vocabulary.ts';

/** What {@link WordClasses} are made of. */
export interface WordClassesParts {
  /** The words; the reserved ones are classes of their own. */
  readonly vocabulary: NgramVocabulary;
  /** The names of the classes, as a vocabulary, for a model of classes. */
  readonly classes: NgramVocabulary;
  /** By word: the id of its class. */
  readonly classOf: Int32Array;
  /** By word: the logarithm to base 10 of its share of its class, p(w | c). */
  readonly logShares: Float64Array;
}

/** Words in classes, each word in one, and how often a class stands for each of its words. */
export class WordClasses implements WordClassesParts {
  readonly vocabulary: NgramVocabulary;
  readonly classes: NgramVocabulary;
  readonly classOf: Int32Array;
  readonly logShares: Float64Array;

  constructor({ vocabulary, classes, classOf, logShares }: WordClassesParts) {
    this.vocabulary = vocabulary;
    this.classes = classes;
    this.classOf = classOf;
    this.logShares = logShares;
  }

  /** The words of each class but the reserved ones, the most frequent first. */
  members(): Map<string, string[]> {
    const members = new Map(
      this.classes.words.slice(RESERVED_WORDS.length).map((name) => [name, [] as number[]]),
    );
    for (let word = RESERVED_WORDS.length; word < this.vocabulary.size; word++) {
      members.get(this.classes.wordOf(this.classOf[word]!))!.push(word);
    }
    const { logShares } = this;
    return new Map(
      Array.from(members, ([name, words]) => [
        name,
        words
          .sort((a, b) => logShares[b]! - logShares[a]! || a - b)
          .map((word) => this.vocabulary.wordOf(word)),
      ]),
    );
  }

  /** Ids of the classes of words. */
  encode(words: Iterable<string>): Int32Array {
    return this.vocabulary.encode(words).map((word) => this.classOf[word]!);
  }
}
