import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../test/oracles.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { mergesOfScores } from './merges-of-scores.ts';
import { decodeSentencePieceFile, type SentencePiece } from './sentence-piece-file.ts';
import { sentencePieceToTokenizer } from './sentence-piece-to-tokenizer.ts';
import { loadSentencePiece } from './sentence-piece-tokenizer.ts';

const bytesOf = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/sentence-piece/${name}.model`, import.meta.url));

/** No marks that combine with what rules rewrite: there the conversion departs. */
const parts = [
  ...[
    'human',
    ' beings',
    'and',
    ' Würde',
    '人人',
    '由',
    '，',
    'ü',
    '😀',
    '▁',
    'A',
    'AB',
    '0',
    '  ',
    ' ',
    '\n',
    '\t',
  ],
  ...['<0x41', '\u3000', '한국', 'ﬁ', '①', 'e', 't', 'h', 'a', '\0'],
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 2 })), { maxLength: 14 })
  .map((list) => list.join(''));

async function expectSame(bytes: Uint8Array, numRuns: number): Promise<void> {
  const original = loadSentencePiece(bytes);
  const addBeginning = original.specialTokens.has('<s>');
  const ours = sentencePieceToTokenizer(bytes, { addBeginning, addEnd: true });
  const hasLiterals = original.file.pieces.some(({ kind }) => kind === 'user-defined');
  const peer = huggingFace.Tokenizer.fromString(JSON.stringify(ours));
  expect(loadTokenizer(JSON.stringify(ours)).toJSON()).toEqual(ours.toJSON());
  await fc.assert(
    fc.asyncProperty(text, async (drawn) => {
      // With user-defined pieces: none of them, no marks of spaces, and none of the rules of two characters.
      const text = hasLiterals ? drawn.replaceAll(/[▁B]|人人/g, '') : drawn;
      const options = { addSpecialTokens: false };
      const ids = [...ours.encode(text, options)];
      expect(ids).toEqual([...original.encode(text)]);
      expect([...ours.encodeWithOffsets(text, options).ids]).toEqual(ids);
      expect([...ours.encode(text)]).toEqual((await peer.encode(text)).getIds());
      if (original.unknownId === undefined || !ids.includes(original.unknownId)) {
        expect(ours.decode(ids)).toBe(await peer.decode(ids, false));
      }
    }),
    { numRuns, seed: 7 },
  );
}

describe('sentencePieceToTokenizer', () => {
  test.each(['unigram', 'unigram-bytes', 'unigram-rules', 'bpe', 'bpe-bytes'])(
    'ids of %s are those of SentencePiece, and of Hugging Face with the tokenizer.json',
    (name) => expectSame(bytesOf(name), 300),
  );

  test('special tokens go around each text of a pair, and user-defined pieces are found', () => {
    const tokenizer = sentencePieceToTokenizer(bytesOf('bpe'), { addBeginning: true, addEnd: true });
    expect(tokenizer.encodeWithOffsets('an', { pair: 'in<sep>' }).tokens.join(' ')).toBe(
      '<s> ▁an </s> <s> ▁in <sep> </s>',
    );
    expect(tokenizer.decode(tokenizer.encode('human beings'), { skipSpecialTokens: true })).toBe(
      'human beings',
    );
  });

  test.each(['unigram', 'unigram-bytes', 'unigram-rules', 'bpe', 'bpe-bytes'])(
    'control pieces and those of bytes are only text in text that is not trusted, with %s',
    (name) => {
      const original = loadSentencePiece(bytesOf(name));
      const ours = sentencePieceToTokenizer(bytesOf(name), { addBeginning: true });
      const options = { addSpecialTokens: false, parseSpecialTokens: false };
      for (const text of [
        '<s>',
        'a </s> b',
        'x<s>y',
        '<unk> <pad></s>',
        'hi<unk>there',
        '<0x41>',
        '</s',
        'human <s>'.repeat(30),
      ]) {
        const ids = [...original.encode(text)];
        expect([...ours.encode(text, options)]).toEqual(ids);
        expect([...ours.encodeWithOffsets(text, options).ids]).toEqual(ids);
        expect(ours.countTokens(text, { ...options, limit: 1000 })).toBe(ids.length);
        expect([...ours.with({ truncation: { maxLength: 4 } }).encode(text, options)]).toEqual(
          ids.slice(0, 4),
        );
      }
      expect(ours.encode('</s>', { addSpecialTokens: false })).toEqual(
        Int32Array.of(ours.tokenToId('</s>')!),
      );
    },
  );

  test('what cannot be said in parts is refused by name', () => {
    expect(() => sentencePieceToTokenizer(bytesOf('word'), { source: 'w.model' })).toThrow(
      'sentencePieceToTokenizer: w.model must be a unigram or bpe model, got word. Read it with loadSentencePiece.',
    );
    const file = decodeSentencePieceFile(bytesOf('bpe'));
    expect(() => sentencePieceToTokenizer({ ...file, spaceAsSuffix: true })).toThrow('spaces before words');
    expect(() => sentencePieceToTokenizer({ ...file, pieces: [...file.pieces, file.pieces[9]!] })).toThrow(
      'must have each piece once',
    );
    const pieces = file.pieces.filter(({ piece }) => piece !== '</s>');
    expect(() => sentencePieceToTokenizer({ ...file, pieces }, { addEnd: true })).toThrow(
      'must have the control piece </s> for addEnd, got none',
    );
    expect(() => sentencePieceToTokenizer({ ...file, characterMap: Uint8Array.of(1, 2, 3) })).toThrow(
      'the character map must be a charsmap',
    );
  });
});

describe('mergesOfScores', () => {
  const piece = (piece: string, score: number, kind: SentencePiece['kind'] = 'normal') => ({
    piece,
    score,
    kind,
  });

  test('the best score comes first, then the longest left side; only normal pieces merge', () => {
    const pieces = [
      ...[piece('a', -9), piece('b', -9), piece('😀', -9), piece('ab', -1), piece('aa', -1), piece('aab', 0)],
      ...[piece('b😀', -3), piece('<', 0, 'control'), piece('a<', 0), piece('ba', 0, 'user-defined')],
    ];
    const { pairs, products } = mergesOfScores(pieces);
    const merges = [...products].map((product, rank) =>
      [pairs[2 * rank]!, pairs[2 * rank + 1]!, product].map((id) => pieces[id]!.piece).join(' '),
    );
    expect(merges).toEqual(['aa b aab', 'a ab aab', 'a b ab', 'a a aa', 'b 😀 b😀']);
  });

  test('long pieces take time in proportion to their length', () => {
    const long = 'a'.repeat(50_000);
    expect(mergesOfScores([piece('a', 0), piece(long, 1), piece(`${long}a`, 2)]).products).toHaveLength(2);
  });
});

const published = [
  't5.spiece.model',
  'llama2.tokenizer.model',
  'test_sentencepiece.model',
  'test_sentencepiece_bpe.model',
];

test.skipIf(!dataPath('tok-sentencepiece')).each(published)(
  'ids of the published %s are those of SentencePiece',
  (name) => expectSame(readFileSync(dataPath(`tok-sentencepiece/${name}`)!), 60),
  30_000,
);
