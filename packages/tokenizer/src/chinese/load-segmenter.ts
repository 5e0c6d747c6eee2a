import { readChineseDictionary } from './dictionary/dictionary-file.ts';
import { DictionarySegmenter } from './segmentation/dictionary-segmenter.ts';
import { readHiddenMarkovModel } from './segmentation/hidden-markov-model.ts';

/** The files of a dictionary package, as bytes. */
export interface ChineseData {
  /** What `readChineseDictionary` reads. */
  readonly dictionary: Uint8Array;
  /** What `readHiddenMarkovModel` reads; without it, unknown words stay single characters. */
  readonly unknownWords?: Uint8Array;
}

/**
 * Makes a segmenter of a dictionary package's files.
 *
 * @example
 * import { readChineseData } from '@wordloom/chinese-dictionary/node';
 * const segmenter = loadChineseSegmenter(await readChineseData());
 * segmenter.segment('他来到了网易杭研大厦'); // 他 来到 了 网易 杭研 大厦
 */
export function loadChineseSegmenter({ dictionary, unknownWords }: ChineseData): DictionarySegmenter {
  return new DictionarySegmenter(
    readChineseDictionary(dictionary),
    unknownWords ? { unknownWords: readHiddenMarkovModel(unknownWords) } : {},
  );
}
