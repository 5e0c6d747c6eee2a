import { readFile } from 'node:fs/promises';
import { type ChineseData, chineseDataUrls } from './index.ts';

export type { ChineseData } from './index.ts';

/** Reads the files of this package. */
export async function readChineseData(): Promise<ChineseData> {
  const [dictionary, unknownWords] = await Promise.all([
    readFile(chineseDataUrls.dictionary),
    readFile(chineseDataUrls.unknownWords),
  ]);
  return { dictionary, unknownWords };
}

/** Reads the document frequencies of this package, as `fetchChineseDocumentFrequencies` fetches them. */
export async function readChineseDocumentFrequencies(): Promise<Uint8Array> {
  return readFile(chineseDataUrls.documentFrequencies);
}
