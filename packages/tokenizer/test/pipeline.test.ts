import fc from 'fast-check';
import huggingFaceTokenizers from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { loadTokenizer } from '../src/index.ts';
import { anyTextFor } from './fuzz-text.ts';
import { expectSame, expectSameText, loadBoth } from './peer.ts';
import { configurations, decoders, decoderTokens } from './pipeline-configurations.ts';

/** More with WORDLOOM_FUZZ=100000. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 25);
/** The same texts at every run, but for those who look for more. */
const seed = process.env.WORDLOOM_FUZZ ? {} : { seed: 1 };

describe('each stage gives what Hugging Face gives', () => {
  test.each(configurations)('$name', async ({ json }) => {
    const both = loadBoth(json);
    const { tokenizer } = both;
    const text = anyTextFor(json);
    await fc.assert(
      fc.asyncProperty(text, fc.option(text, { freq: 4 }), fc.boolean(), (first, pair, addSpecialTokens) =>
        expectSame(both, first, { ...(pair === null ? {} : { pair }), addSpecialTokens }),
      ),
      { numRuns: runs, ...seed },
    );
    const saved = JSON.parse(JSON.stringify(tokenizer));
    expect(loadTokenizer(saved).toJSON()).toEqual(saved);
    const again = huggingFaceTokenizers.Tokenizer.fromString(JSON.stringify(saved));
    await expectSame({ tokenizer, peer: again }, ' abc É中 Word<mask>', { pair: 'ab' });
  });
});

describe('each decoder gives what Hugging Face gives, at once and streamed', () => {
  test.each([...decoders, null])('%j', async (decoder) => {
    const vocab = Object.fromEntries(decoderTokens.map((token, id) => [token, id]));
    const json = {
      version: '1.0',
      added_tokens: [],
      decoder,
      model: { type: 'WordLevel', vocab, unk_token: 'a' },
    };
    const both = loadBoth(json);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(decoderTokens.length - 1), { maxLength: 12 }), (ids) =>
        expectSameText(both, ids),
      ),
      { numRuns: runs * 3, ...seed },
    );
  });
});
