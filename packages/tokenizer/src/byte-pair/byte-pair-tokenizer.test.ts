import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture, huggingFace, tiktoken } from '../../test/oracles.ts';
import { decodeStream } from '../decode-stream.ts';
import { trainBytePair } from './train-byte-pair.ts';

const { documents, ...options } = fixture.article1;
const tokenizer = trainBytePair(documents, options);

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '\n',
        "'s",
        'All human',
        '人人生而自由',
        'Würde',
        '<|endoftext|>',
        '<|im_start',
        '\ufeff',
        '\0',
        '👩‍👧',
        '\u0085',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe('encode', () => {
  test.each(fixture.encodings)('$text has the ids Hugging Face gives it', ({ text, ids }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
  });

  test('any text has the ids that Hugging Face and tiktoken give it, and decodes to itself', async () => {
    const peer = huggingFace(tokenizer);
    const otherPeer = tiktoken(tokenizer);
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const ids = tokenizer.encode(text);
        expect([...ids]).toEqual(await peer.encode(text));
        expect([...ids]).toEqual([...otherPeer(text)]);
        expect(tokenizer.decode(ids)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('a lone surrogate counts as the replacement character', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\ud83d', '\udc4b', 'a', ' ')), (parts) => {
        const text = parts.join('');
        const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
        expect(tokenizer.encode(text)).toEqual(tokenizer.encode(wellFormed));
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed);
      }),
    );
  });

  test('a piece of a hundred thousand letters has the ids Hugging Face gives it', async () => {
    const text = 'human人beings'.repeat(10_000);
    expect([...tokenizer.encode(text)]).toEqual(await huggingFace(tokenizer).encode(text));
  });

  test('special tokens in the text are ids, or only text when asked', () => {
    expect([...tokenizer.encode('<|endoftext|><|im_start|>')]).toEqual([0, 1]);
    const ids = tokenizer.encode('<|endoftext|>', { parseSpecialTokens: false });
    expect(ids).not.toContain(0);
    expect(tokenizer.decode(ids)).toBe('<|endoftext|>');
    expect(tokenizer.specialTokens).toEqual(
      new Map([
        ['<|endoftext|>', 0],
        ['<|im_start|>', 1],
      ]),
    );
  });

  test('what is no string is refused', () => {
    // @ts-expect-error: text must be a string
    expect(() => tokenizer.encode(42)).toThrow('encode: text must be a string, got 42.');
  });
});

describe('decode', () => {
  test('ids that are no whole characters decode as in Hugging Face', () => {
    for (const { ids, text, textWithoutSpecial } of fixture.decodings) {
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(textWithoutSpecial);
    }
  });

  test.each([[380], [-1], [1.5], [Number.NaN]])('the id %d is refused', (id) => {
    expect(() => tokenizer.decode([7, id])).toThrow(
      `decode: ids[1] must be the id of a token, at least 0 and below 380, got ${id}.`,
    );
  });
});

describe('streaming', () => {
  test('a character appears when its last byte has come, never before', () => {
    const ids = tokenizer.encode('龘👋', { parseSpecialTokens: false });
    const decoder = tokenizer.createTextDecoder();
    expect([...ids].map((id) => decoder.push(id))).toEqual(['', '', '龘', '', '', '', '👋']);
    expect(decoder.end()).toBe('');
    expect(decoder.push(ids.subarray(0, 2))).toBe('');
    expect(decoder.end()).toBe('\ufffd');
    expect(decoder.push(ids)).toBe('龘👋');
  });

  test('streamed pieces of any ids join to what decode gives, and none is empty', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(tokenizer.vocabSize - 1)),
        fc.boolean(),
        async (ids, skipSpecialTokens) => {
          const pieces: string[] = [];
          for await (const piece of decodeStream(tokenizer, ids, { skipSpecialTokens })) pieces.push(piece);
          expect(pieces).not.toContain('');
          expect(pieces.join('')).toBe(tokenizer.decode(ids, { skipSpecialTokens }));
        },
      ),
    );
  });
});
