import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Encoding } from '../src/index.ts';
import { anyTextFor } from './fuzz-text.ts';
import {
  expectEqual,
  expectSame,
  expectSameBatch,
  expectSameMaps,
  expectSameText,
  hasOddTokens,
  loadBoth,
} from './peer.ts';
import {
  anyPadding,
  anyTokenizer,
  anyTruncation,
  byteLevelBytePair,
  characterBytePair,
  type Json,
  tokensOf,
  unigram,
  wordLevel,
  wordPiece,
} from './random-tokenizers.ts';

/** Texts for each family of models; more with WORDLOOM_FUZZ=100000, others with WORDLOOM_SEED=7. */
const textsEach = 4;
const runs = Math.ceil(Number(process.env.WORDLOOM_FUZZ ?? 100) / textsEach);
const seed = Number(process.env.WORDLOOM_SEED ?? 1);
const timeLimit = process.env.WORDLOOM_FUZZ ? 3_600_000 : 120_000;

const families: Record<string, fc.Arbitrary<Json>> = {
  'byte-level BPE': byteLevelBytePair,
  'character BPE': characterBytePair,
  WordPiece: wordPiece,
  WordLevel: wordLevel,
  Unigram: unigram,
};

/** A tokenizer, and texts in which its tokens come up. */
function anyCase(model: fc.Arbitrary<Json>) {
  return anyTokenizer(model).chain((json) => {
    const text = anyTextFor(
      json,
      tokensOf(json.model as Json).filter((token) => token.length < 8),
    );
    return fc.tuple(fc.constant(json), fc.array(text, { minLength: textsEach, maxLength: textsEach }));
  });
}

describe.each(Object.entries(families))('%s', (_, model) => {
  const check = (name: string, property: fc.IAsyncProperty<unknown>): void => {
    test(name, () => fc.assert(property as fc.IAsyncProperty<unknown>, { numRuns: runs, seed }), timeLimit);
  };

  check(
    'random tokenizers give random texts the tokens, places, words and maps that the reference gives them',
    fc.asyncProperty(anyCase(model), fc.boolean(), async ([json, texts], addSpecialTokens) => {
      const both = loadBoth(json);
      fc.pre(!hasOddTokens(both.tokenizer));
      for (const [index, text] of texts.entries()) {
        await expectSame(both, text, { addSpecialTokens });
        if (index === 0) await expectSame(both, text, { pair: texts[1]!, addSpecialTokens });
        if (index === 1) await expectSameMaps(both, text, texts[2]);
      }
    }),
  );

  check(
    'truncation and padding are those of the reference, windows and batches included',
    fc.asyncProperty(
      anyCase(model),
      fc.option(anyTruncation, { freq: 5 }),
      fc.option(anyPadding, { freq: 2 }),
      fc.boolean(),
      async ([json, texts], truncation, padding, addSpecialTokens) => {
        const both = loadBoth({ ...json, truncation, padding });
        fc.pre(!hasOddTokens(both.tokenizer));
        await expectSame(both, texts[0]!, { addSpecialTokens });
        await expectSame(both, texts[1]!, { pair: texts[2]!, addSpecialTokens });
        await expectSame(both, texts[3]!, { pair: '', addSpecialTokens });
        if (!truncation) await expectSameBatch(both, texts, addSpecialTokens);
      },
    ),
  );

  check(
    'random ids are decoded as the reference does, at once and streamed',
    fc.asyncProperty(
      anyTokenizer(model),
      fc.array(fc.array(fc.nat(), { maxLength: 20 }), { minLength: 4, maxLength: 4 }),
      async (json, lists) => {
        const both = loadBoth(json);
        // The reference shows added tokens in normalized form.
        const odd = new Set(
          json.normalizer
            ? both.tokenizer.addedTokens.filter(({ normalized }) => normalized).map(({ id }) => id)
            : [],
        );
        const contents = both.tokenizer.addedTokens.map(({ content }) => content);
        const ids = [...tokensOf(json.model as Json), ...contents]
          .map((token) => both.tokenizer.tokenToId(token)!)
          .filter((id) => !odd.has(id));
        for (const list of lists)
          await expectSameText(
            both,
            list.map((index) => ids[index % ids.length]!),
          );
      },
    ),
  );

  check(
    'words cut by the caller are tokens each for themselves',
    fc.asyncProperty(anyCase(model), async ([json, words]) => {
      const { tokenizer } = loadBoth({ ...json, post_processor: null });
      let each: Encoding[];
      try {
        each = words.map((word) => tokenizer.encodeWithOffsets(word));
      } catch {
        expect(() => tokenizer.encode(words)).toThrow(RangeError);
        return;
      }
      const together = tokenizer.encodeWithOffsets(words);
      expectEqual(
        [...together.ids],
        each.flatMap(({ ids }) => [...ids]),
      );
      expectEqual([...tokenizer.encode(words)], [...together.ids]);
      expectEqual(
        together.tokens,
        each.flatMap(({ tokens }) => tokens),
      );
      expectEqual(
        together.offsets,
        each.flatMap(({ offsets }) => offsets),
      );
      expectEqual(
        [...together.wordIds],
        each.flatMap(({ ids }, index) => Array.from(ids, () => index)),
      );
    }),
  );
});
