import { describe, expect, test } from 'vitest';
import { fnvHash } from '../../src/fasttext/fnv-hash.ts';
import { subwordBuckets } from '../../src/fasttext/subwords.ts';
import { wordNgramBuckets } from '../../src/fasttext/word-ngrams.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (text: string) => fnvHash(bytesOf(text), 0, bytesOf(text).length);

describe('hashes of words and n-grams', () => {
  test('ASCII has the hashes of FNV-1a', () => {
    // http://www.isthe.com/chongo/tech/comp/fnv: published values
    expect(hashOf('')).toBe(0x811c9dc5);
    expect(hashOf('a')).toBe(0xe40c292c);
    expect(hashOf('foobar')).toBe(0xbf9cf968);
  });

  test('bytes above 127 count as negative numbers', () => {
    const step = (hash: bigint, byte: number) =>
      ((hash ^ BigInt.asUintN(32, BigInt(byte > 127 ? byte - 256 : byte))) * 16777619n) & 0xffffffffn;
    expect(hashOf('中')).toBe(Number([0xe4, 0xb8, 0xad].reduce(step, 2166136261n)));
  });

  test('the n-grams of a word are counted in characters, and the marks alone are none', () => {
    const bucket = 2_000_000;
    const ngrams = (word: string, minn: number, maxn: number) =>
      subwordBuckets(bytesOf(word), { minn, maxn, bucket });
    const expected = (...texts: string[]) => texts.map((text) => hashOf(text) % bucket);
    expect(ngrams('中a', 1, 2)).toEqual(expected('<中', '中', '中a', 'a', 'a>'));
    expect(ngrams('ab', 3, 6)).toEqual(expected('<ab', '<ab>', 'ab>'));
    expect(ngrams('', 1, 3)).toEqual(expected('<>'));
    expect(ngrams('ab', 0, 0)).toEqual([]);
  });

  test('n-grams of words are hashed in 64 bits, hashes with their sign', () => {
    const hashes = [0xffffffff, 7, 0x80000001, 0x12345678, 0xdeadbeef];
    for (const bucket of [1, 97, 2_000_000, 2 ** 31 - 1]) {
      const expected: number[] = [];
      for (let first = 0; first < hashes.length; first++) {
        let hash = BigInt.asUintN(64, BigInt(hashes[first]! | 0));
        for (let next = first + 1; next < Math.min(hashes.length, first + 4); next++) {
          hash = BigInt.asUintN(64, hash * 116049371n + BigInt(hashes[next]! | 0));
          expected.push(Number(hash % BigInt(bucket)));
        }
      }
      expect(wordNgramBuckets(hashes, 4, bucket)).toEqual(expected);
    }
  });
});
