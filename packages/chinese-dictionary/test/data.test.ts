import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dict } from '@node-rs/jieba/dict.js';
import {
  parseChineseDictionary,
  readChineseDictionary,
  readDocumentFrequencies,
  writeChineseDictionary,
} from '@wordloom/tokenizer/chinese';
import { expect, test } from 'vitest';
import { runReadmeExample } from '../../../tooling/vitest/readme.ts';
import { fetchChineseData, fetchChineseDocumentFrequencies } from '../src/index.ts';
import { readChineseData, readChineseDocumentFrequencies } from '../src/node.ts';

const data = await readChineseData();

test('the dictionary is jieba’s, word for word', () => {
  const source = parseChineseDictionary(new TextDecoder().decode(dict));
  expect(Buffer.compare(writeChineseDictionary(source), data.dictionary)).toBe(0);
  expect(readChineseDictionary(data.dictionary).get('分词')).toEqual(source.get('分词'));
});

test('the document frequencies are of all documents', async () => {
  expect(readDocumentFrequencies(await readChineseDocumentFrequencies()).documentCount).toBe(1_088_899);
});

test('files are fetched as they are, and a missing one is named', async () => {
  const server = createServer(({ url }, response) => {
    const file = { '/dictionary': data.dictionary, '/words': data.unknownWords }[url!];
    response.writeHead(file ? 200 : 404, { Connection: 'close' }); // a kept one may end between two requests
    response.end(file);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const urls = { dictionary: `${address}/dictionary`, unknownWords: `${address}/words` };
    const fetched = await fetchChineseData({ urls });
    expect(Buffer.compare(fetched.dictionary, data.dictionary)).toBe(0);
    expect(Buffer.compare(fetched.unknownWords, data.unknownWords)).toBe(0);
    const alone = await fetchChineseDocumentFrequencies({ url: urls.unknownWords });
    expect(Buffer.compare(alone, data.unknownWords)).toBe(0);
    await expect(fetchChineseData({ urls: { ...urls, dictionary: `${address}/no` } })).rejects.toThrow(
      `fetchChineseData: ${address}/no must be served, got status 404.`,
    );
  } finally {
    server.close();
  }
});

test('the example in the README prints what the README says', async () => {
  const { printed, promised } = await runReadmeExample(new URL('../', import.meta.url));
  expect(printed.trimEnd()).toBe(promised.trimEnd());
});
