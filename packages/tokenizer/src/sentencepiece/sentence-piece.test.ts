import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSentencePieceFile } from './sentence-piece-file.ts';
import { loadSentencePiece, SentencePieceTokenizer } from './sentence-piece-tokenizer.ts';

interface Golden {
  readonly texts: readonly string[];
  /** By model and text; null where SentencePiece itself fails. */
  readonly cases: Readonly<
    Record<string, readonly ({ ids: number[]; pieces: string[]; decoded: string } | null)[]>
  >;
}

const fixtures = new URL('../../fixtures/', import.meta.url);
const { texts, cases }: Golden = JSON.parse(readFileSync(new URL('sentence-piece.json', fixtures), 'utf8'));
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`sentence-piece/${name}.model`, fixtures));

describe.each(Object.keys(cases))('the model %s', (name) => {
  const tokenizer = loadSentencePiece(bytesOf(name));

  test('has the ids, pieces and texts of SentencePiece', () => {
    texts.forEach((text, index) => {
      const golden = cases[name]![index];
      if (!golden) return;
      const { ids, pieces, decoded } = golden;
      expect([...tokenizer.encode(text)], JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.encodeAsPieces(text)).toEqual(pieces);
      expect(tokenizer.decode(ids), JSON.stringify(text)).toBe(decoded);
      const decoder = tokenizer.createTextDecoder();
      expect(ids.map((id) => decoder.push(id)).join('') + decoder.end()).toBe(decoded);
    });
  });

  test('is the same after it is written and read', () => {
    const again = loadSentencePiece(tokenizer.toBytes());
    expect(again.file).toEqual(tokenizer.file);
    expect(texts.map((text) => again.encode(text))).toEqual(texts.map((text) => tokenizer.encode(text)));
  });
});

test('the best way is the one that encode takes, and draws are ways', () => {
  const tokenizer = loadSentencePiece(bytesOf('unigram'));
  const text = 'human beings';
  const ways = tokenizer.nbest(text, 200).map(({ ids }) => `${ids}`);
  expect(ways[0]).toBe(`${tokenizer.encode(text)}`);
  expect(new Set(ways).size).toBe(ways.length);
  const draws = Array.from({ length: 50 }, (_, seed) => tokenizer.sample(text, { seed, alpha: 0.2 }));
  expect(new Set(draws.map(String)).size).toBeGreaterThan(10);
  for (const ids of draws) expect(tokenizer.decode(ids)).toBe(text);
  expect(() => loadSentencePiece(bytesOf('bpe')).nbest(text, 2)).toThrow('must be a Unigram model, got bpe');
});

test('control pieces are put around a text on request', () => {
  const tokenizer = loadSentencePiece(bytesOf('bpe'));
  const ids = tokenizer.encode('man', { addBeginning: true, addEnd: true });
  expect([ids[0], ids.at(-1)]).toEqual([
    tokenizer.specialTokens.get('<s>'),
    tokenizer.specialTokens.get('</s>'),
  ]);
  expect(tokenizer.decode(ids)).toBe('man');
  expect(() => tokenizer.decode([4000])).toThrow('below 1');
});

test('a long text without spaces takes n log n time', () => {
  for (const name of ['bpe', 'unigram']) {
    expect(loadSentencePiece(bytesOf(name)).encode('humanbeings'.repeat(20_000)).length).toBeGreaterThan(
      40_000,
    );
  }
});

test('damaged files are refused in words, whatever is wrong', () => {
  const bytes = bytesOf('unigram-rules');
  expect(() => loadSentencePiece(bytes.subarray(0, 1000), { source: 'a.model' })).toThrow(
    /^a\.model: .* at byte \d+\./,
  );
  expect(() => loadSentencePiece(new Uint8Array())).toThrow('the file must hold pieces, got none');
  const { pieces, ...settings } = decodeSentencePieceFile(bytes);
  const damaged = { ...settings, pieces, characterMap: Uint8Array.of(255, 0, 0, 0, 1) };
  expect(() => new SentencePieceTokenizer(damaged)).toThrow(
    'the character map must be a charsmap: the size of a trie',
  );
  const withoutBytes = { ...settings, pieces, byteFallback: true };
  expect(() => new SentencePieceTokenizer(withoutBytes)).toThrow(
    'byte fallback needs the piece <0x00>, got none',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(bytes.length),
      (changes, length) => {
        const changed = bytes.slice(0, Math.max(length, bytes.length / 2));
        for (const [place, byte] of changes) if (place < changed.length) changed[place] = byte;
        try {
          loadSentencePiece(changed, { source: 'x' }).encode('AB and a人');
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^(x|encode): /);
        }
      },
    ),
    { numRuns: 300 },
  );
});

const published = new URL('../../../../../shared/data/tok-sentencepiece/', import.meta.url);

test.skipIf(!existsSync(published))('published models say what they say', () => {
  const pieces = Object.fromEntries(
    readdirSync(published)
      .filter((name) => name.endsWith('.model'))
      .map((name) => [
        name,
        loadSentencePiece(readFileSync(new URL(name, published))).encodeAsPieces(
          'Ｈello  world ⁇ 中文 😀\n x',
        ),
      ]),
  );
  // What SentencePiece 0.1.97 prints.
  expect(pieces).toMatchObject({
    't5.spiece.model': ['▁Hello', '▁world', '▁', '??', '▁', '中文', '▁', '😀', '▁', 'x'],
    'test_sentencepiece.model': ['▁He', 'll', 'o', '▁world', '▁', '?', '?', '▁', '中文', '▁', '😀', '▁', 'x'],
    'test_sentencepiece_bpe.model': [
      '▁He',
      'll',
      'o',
      '▁wor',
      'ld',
      '▁',
      '?',
      '?',
      '▁',
      '中文',
      '▁',
      '😀',
      '▁',
      'x',
    ],
  });
});
