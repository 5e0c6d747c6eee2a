import { expect, test } from 'vitest';
import { cmrcScore, normalizeSquadAnswer, squadScore } from './question-answering.ts';

test('SQuAD answers are compared without case, punctuation, articles and white space', () => {
  expect(normalizeSquadAnswer('  The  "Eiffel-Tower", in a\tsense — the théâtre ')).toBe(
    'eiffeltower in sense — théâtre',
  );
  expect(squadScore('the Eiffel Tower!', ['Eiffel tower'])).toEqual({ exactMatch: 1, f1: 1 });
});

test('SQuAD F1 is over bags of words, best over the answers', () => {
  // Shared: new, york (2); 3 predicted, 4 expected words.
  const { exactMatch, f1 } = squadScore('York New York', ['new york city hall', 'Boston']);
  expect([exactMatch, f1]).toEqual([0, 4 / 7]);
  expect(squadScore('', ['']).f1).toBe(1);
  expect(squadScore('', ['Paris'])).toEqual({ exactMatch: 0, f1: 0 });
  expect(squadScore('the', ['an'])).toEqual({ exactMatch: 1, f1: 1 });
  expect(() => squadScore('a', [])).toThrow('squadScore: answers must hold an answer, got none.');
});

test('CMRC answers are compared by character, and F1 is that of the longest run they share', () => {
  expect(cmrcScore('《红楼梦》。', ['红楼梦'])).toEqual({ exactMatch: 1, f1: 1 });
  // 1949年 → 1949 年 and 10 月 1 日 …: the shared run is 1949, 年 of 2 against 6 tokens.
  expect(cmrcScore('1949年', ['1949年10月1日'])).toEqual({ exactMatch: 0, f1: 4 / 8 });
  // In order, but not side by side: only a run of 1 counts.
  expect(cmrcScore('北京', ['北方的京城'])).toEqual({ exactMatch: 0, f1: 2 / 7 });
  expect(cmrcScore('GPT 模型', ['gpt 模型', 'BERT'])).toEqual({ exactMatch: 1, f1: 1 });
  expect(cmrcScore('', ['是']).f1).toBe(0);
});
