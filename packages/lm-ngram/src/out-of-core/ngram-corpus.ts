import type { NgramVocabulary } from '../vocabulary.ts';
import type { CorpusWriter } from './corpus-writer.ts';

/** A corpus that is read once, from beginning to end. */
export interface NgramCorpus {
  /**
   * What tells this corpus from others, as JSON: names, sizes and times of files. Training goes on from what a storage holds only if it is the same.
   */
  readonly identity?: unknown;
  /** Of a corpus of ids. */
  readonly vocabulary?: NgramVocabulary;
  /** Hands over all texts; yields now and then, with how much is read, 0 to 1, where that is known. */
  read(writer: CorpusWriter): AsyncIterable<number | undefined>;
}

const TEXTS_PER_STEP = 256;

/** Sentences from anywhere, each an iterable of words. */
export function corpusOfSentences(
  sentences: Iterable<Iterable<string>> | AsyncIterable<Iterable<string>>,
): NgramCorpus {
  return {
    async *read(writer) {
      for await (const sentence of sentences) {
        writer.begin();
        for (const word of sentence) writer.word(word);
        writer.end();
        if (writer.textCount % TEXTS_PER_STEP === 0) yield undefined;
      }
    },
  };
}

/** Texts of ids, such as a tokenizer's. */
export function corpusOfIds(
  texts: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>,
  vocabulary: NgramVocabulary,
): NgramCorpus {
  return {
    vocabulary,
    async *read(writer) {
      for await (const ids of texts) {
        writer.begin();
        for (let index = 0; index < ids.length; index++) writer.id(ids[index]!);
        writer.end();
        if (writer.textCount % TEXTS_PER_STEP === 0) yield undefined;
      }
    },
  };
}

/** Whether it is a corpus, rather than sentences. */
export function isNgramCorpus(value: object): value is NgramCorpus {
  return 'read' in value && typeof value.read === 'function';
}
