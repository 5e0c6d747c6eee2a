import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../oracles.ts';
import { jieba, segmenter, sentences } from './oracle.ts';

/**
 * jieba-rs lets any character, not only a point, join letters or digits to digits that follow (`1-2`), which Python's jieba does not,
 * and loses characters outside its dictionary in full mode. Where either happens it is no oracle.
 */
const misreadByPeer = /[a-zA-Z0-9][^a-zA-Z0-9.\u4e00-\u9fd5]\d/u;

/** Characters that no word of the dictionary covers. */
function uncovered(words: readonly string[], text: string): boolean {
  return words.some(
    (word) => /^\p{Script=Han}$/u.test(word) && !segmenter.dictionary.has(word) && text.includes(word),
  );
}

function expectLikeJieba(text: string): void {
  expect(segmenter.segment(text, { unknownWords: false })).toEqual(jieba.cut(text, false));
  if (!misreadByPeer.test(text)) {
    expect(segmenter.segment(text)).toEqual(jieba.cut(text, true));
    expect(segmenter.segment(text, { mode: 'search' })).toEqual(jieba.cutForSearch(text, true));
    expect(segmenter.tag(text).map(({ text: word, tag }) => ({ word, tag }))).toEqual(jieba.tag(text, true));
  }
  const full = segmenter.segment(text, { mode: 'full' });
  if (!uncovered(full, text) && !/[a-zA-Z0-9+#\n]\n|\n[a-zA-Z0-9+#]/.test(text))
    expect(full).toEqual(jieba.cutAll(text));
}

test.each(sentences)('%s is cut as by jieba, in every mode, with the same parts of speech', expectLikeJieba);

const words = fc.constantFrom(
  ...[
    '中国',
    '人民',
    '的',
    '了',
    '一',
    '研究',
    '研究生',
    '生命',
    '赵',
    '钱',
    '孙',
    '龘',
    '丿',
    '𠮷',
    'abc',
    '12',
    ' ',
    '\n',
  ],
  ...[
    '，',
    '。',
    '3.5',
    '%',
    'c++',
    '北京大学',
    '大学生',
    '活动',
    '中心',
    '有',
    '意见',
    '分歧',
    '和',
    '尚未',
    '为',
    '人',
  ],
);

test('any mixture of words is cut as by jieba', () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (parts) => expectLikeJieba(parts.join(''))),
    { numRuns: 2000 },
  );
});

const corpora = [
  'cmrc2018/zhwiki-contexts.txt',
  'sighan2005/pku_test.utf8',
  'chinese-poetry/poems.txt',
  'tatoeba-cmn-eng/cmn.txt',
];

describe.each(corpora)('%s', (name) => {
  const path = dataPath(name);
  test.skipIf(!path)('is cut as by jieba, line by line', () => {
    const lines = readFileSync(path!, 'utf8').slice(0, 60_000).split('\n');
    for (const line of lines) expectLikeJieba(line);
  });
});
