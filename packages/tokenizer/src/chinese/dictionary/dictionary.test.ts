import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { files, segmenter } from '../../../test/chinese/oracle.ts';
import { addWords, removeWords, suggestFrequency } from './change-dictionary.ts';
import { createChineseDictionary } from './chinese-dictionary.ts';
import { readChineseDictionary, writeChineseDictionary } from './dictionary-file.ts';
import { parseChineseDictionary } from './dictionary-text.ts';

const entry = fc.record({
  word: fc.string({ unit: fc.constantFrom('一', '二', '三', '𠮷', 'a'), minLength: 1, maxLength: 5 }),
  frequency: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  tag: fc.constantFrom('', 'n', 'v'),
});

test('a dictionary holds the words it was made of, through its file and through changes', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), (first, second) => {
      const model = new Map(first.map((item) => [item.word, item]));
      let dictionary = createChineseDictionary(first);
      dictionary = readChineseDictionary(writeChineseDictionary(dictionary));
      expect([...dictionary.entries()]).toEqual(
        [...model.values()].sort((a, b) => (a.word < b.word ? -1 : 1)),
      );
      for (const item of second) model.set(item.word, item);
      dictionary = addWords(dictionary, second);
      const gone = [...model.keys()].filter((_, index) => index % 3 === 0);
      for (const word of gone) model.delete(word);
      dictionary = removeWords(dictionary, gone);
      expect(dictionary.size).toBe(model.size);
      expect(dictionary.total).toBe([...model.values()].reduce((sum, { frequency }) => sum + frequency, 0));
      for (const item of [...first, ...second])
        expect(dictionary.get(item.word)).toEqual(model.get(item.word));
    }),
  );
});

describe('words of one’s own', () => {
  test('are found once they are added, with a frequency just high enough, and the given dictionary stays', () => {
    const sentence = '如果放到旧字典中将出错，八一双鹿更名。';
    expect(segmenter.segment(sentence)).not.toContain('八一双鹿');
    const changed = segmenter.withDictionary(
      addWords(segmenter.dictionary, [{ word: '八一双鹿', tag: 'nt' }, '更名']),
    );
    expect(changed.tag(sentence)).toContainEqual({ text: '八一双鹿', start: 12, end: 16, tag: 'nt' });
    expect(changed.dictionary.get('更名')?.tag).toBe('v');
    expect(segmenter.dictionary.has('八一双鹿')).toBe(false);
  });

  test('suggested frequencies are those jieba suggests', () => {
    // Of jieba's documentation: 中将 must become rare enough to be cut into 中 and 将, and 台中 frequent enough to stay whole.
    expect(suggestFrequency(segmenter.dictionary, ['中', '将'])).toBe(494);
    expect(suggestFrequency(segmenter.dictionary, '台中')).toBe(69);
    const changed = addWords(segmenter.dictionary, [{ word: '中将', frequency: 494 }, '台中']);
    const segment = (text: string): string[] =>
      segmenter.withDictionary(changed).segment(text, { unknownWords: false });
    expect(segment('如果放到post中将出错。')).toEqual(['如果', '放到', 'post', '中', '将', '出错', '。']);
    expect(segment('「台中」正确应该不会被切开')).toContain('台中');
  });

  test('are no longer formed once they are removed, not even as unknown words', () => {
    expect(segmenter.segment('今天天气不错')).toEqual(['今天天气', '不错']);
    const changed = segmenter.withDictionary(removeWords(segmenter.dictionary, ['今天天气', '杭研']));
    expect(changed.segment('今天天气不错')).toEqual(['今天', '天气', '不错']);
    expect(segmenter.segment('网易杭研大厦')).toEqual(['网易', '杭研', '大厦']);
    expect(changed.segment('网易杭研大厦')).toEqual(['网易', '杭', '研', '大厦']);
  });

  test('without a character or with a frequency that is no count are refused', () => {
    expect(() => addWords(segmenter.dictionary, [''])).toThrow(
      'addWords: word must be a string with a character',
    );
    expect(() => addWords(segmenter.dictionary, [{ word: '好', frequency: 0 }])).toThrow(
      'addWords: frequency of "好" must be an integer of at least 1, got 0. Use removeWords',
    );
  });
});

describe('files', () => {
  test('the text form needs a frequency on each line', () => {
    expect(() => parseChineseDictionary('好 3\n\n坏 x n\n', { source: 'my.txt' })).toThrow(
      'parseChineseDictionary: line 3 of my.txt must be a word, its frequency and its tag, got "坏 x n".',
    );
    expect(parseChineseDictionary('\ufeff好 3').get('好')).toEqual({ word: '好', frequency: 3, tag: '' });
  });

  test('a cut or changed compact form is refused or read as another dictionary, never anything else', () => {
    const bytes = writeChineseDictionary(parseChineseDictionary('好 3 a\n好人 400 n\n坏 5 a\n坏人 70000 n'));
    for (let end = 0; end < bytes.length; end++) {
      expect(() => readChineseDictionary(bytes.subarray(0, end), { source: 'x.bin' })).toThrow(
        /x\.bin must be whole/,
      );
    }
    for (let index = 5; index < bytes.length; index++) {
      for (const value of [0, 1, 2, 127, 128, 255]) {
        const changed = bytes.slice();
        changed[index] = value;
        try {
          expect(readChineseDictionary(changed).size).toBeLessThanOrEqual(4);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
    expect(() => readChineseDictionary(files.unknownWords)).toThrow(
      'readChineseDictionary: the dictionary must be whole; expected it to begin with "WLZD" at byte 0',
    );
  });
});
