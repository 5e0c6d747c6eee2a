/** The files of this package as bytes, as `loadChineseSegmenter` of `@wordloom/tokenizer/chinese` takes them. */
export interface ChineseData {
  /** 349 045 words with their frequencies and parts of speech. */
  readonly dictionary: Uint8Array;
  /** The hidden Markov model that finds words the dictionary lacks. */
  readonly unknownWords: Uint8Array;
}

/** Where the files are; bundlers that know `new URL(…, import.meta.url)` copy them. */
export const chineseDataUrls: { readonly [File in keyof ChineseData | 'documentFrequencies']: URL } = {
  dictionary: new URL('../data/dictionary.bin', import.meta.url),
  unknownWords: new URL('../data/unknown-words.bin', import.meta.url),
  documentFrequencies: new URL('../data/document-frequencies.bin', import.meta.url),
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
  const [dictionary, unknownWords] = await Promise.all([
    fetchBytes(urls.dictionary, 'fetchChineseData', signal),
    fetchBytes(urls.unknownWords, 'fetchChineseData', signal),
  ]);
  return { dictionary, unknownWords };
}

/**
 * Fetches in how many of 1 088 899 documents each of 270 132 words occurs, as `readDocumentFrequencies` of
 * `@wordloom/tokenizer/chinese` takes it.
 *
 * @param options as those of {@link fetchChineseData}
 */
export async function fetchChineseDocumentFrequencies({
  url = chineseDataUrls.documentFrequencies,
  signal,
}: {
  url?: URL | string;
  signal?: AbortSignal;
} = {}): Promise<Uint8Array> {
  return fetchBytes(url, 'fetchChineseDocumentFrequencies', signal);
}

async function fetchBytes(
  url: URL | string,
  caller: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const response = await fetch(url, signal ? { signal } : {});
  if (!response.ok) throw new Error(`${caller}: ${url} must be served, got status ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
