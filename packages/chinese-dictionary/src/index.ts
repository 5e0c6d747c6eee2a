/** The files of this package as bytes, as `loadChineseSegmenter` of `@wordloom/tokenizer/chinese` takes them. */
export interface ChineseData {
  /** 349 046 words with their frequencies and parts of speech. */
  readonly dictionary: Uint8Array;
  /** The hidden Markov model that finds words the dictionary lacks. */
  readonly unknownWords: Uint8Array;
}

/** Where the files are; bundlers that know `new URL(…, import.meta.url)` copy them. */
export const chineseDataUrls: { readonly [File in keyof ChineseData]: URL } = {
  dictionary: new URL('../data/dictionary.bin', import.meta.url),
  unknownWords: new URL('../data/unknown-words.bin', import.meta.url),
};

/**
 * Fetches the files; in Node, `readChineseData` of `@wordloom/chinese-dictionary/node` reads them.
 *
 * @param options.urls   where the files are served, if elsewhere than beside the module
 * @param options.signal stops the download
 * @throws {Error} if a file is not there, naming it
 */
export async function fetchChineseData({
  urls = chineseDataUrls,
  signal,
}: {
  urls?: { readonly [File in keyof ChineseData]: URL | string };
  signal?: AbortSignal;
} = {}): Promise<ChineseData> {
  const load = async (url: URL | string): Promise<Uint8Array> => {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) {
      throw new Error(`fetchChineseData: ${url} must be served, got status ${response.status}.`);
    }
    return new Uint8Array(await response.arrayBuffer());
  };
  const [dictionary, unknownWords] = await Promise.all([load(urls.dictionary), load(urls.unknownWords)]);
  return { dictionary, unknownWords };
}
