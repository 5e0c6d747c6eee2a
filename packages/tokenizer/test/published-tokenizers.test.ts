import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { get_encoding } from 'tiktoken';
import huggingFaceTokenizers from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { readTokenizer, readVocabAndMerges } from '../src/node.ts';
import { anyText, anyTextFor } from './fuzz-text.ts';
import { dataPath, expectSameIds, fixture, huggingFace } from './oracles.ts';
import { expectSame, expectSameText, loadBoth } from './peer.ts';

const gpt2Path = dataPath('tok-gpt2/tokenizer.json');
const minimindPath = dataPath('ckpt-minimind2-small/tokenizer.json');
const bertPath = dataPath('tok-bert/bert-base-uncased.tokenizer.json');
const corpora = ['multilingual/udhr2-all.txt', 'cmrc2018/zhwiki-contexts.txt', 'tinyshakespeare/input.txt'];
if (process.env.WORDLOOM_FUZZ) corpora.push('multilingual/botchan.txt');

/** Half a million code units from within a corpus, cut at lines; all of it with WORDLOOM_FUZZ. */
function excerpt(name: string): string {
  const text = readFileSync(dataPath(name)!, 'utf8');
  if (process.env.WORDLOOM_FUZZ) return text;
  const start = text.indexOf('\n', text.length >> 2) + 1;
  return text.slice(start, text.indexOf('\n', start + 500_000) + 1 || undefined);
}

/** More with WORDLOOM_FUZZ=100000, others with WORDLOOM_SEED=7. */
const runs = Number(process.env.WORDLOOM_FUZZ ?? 200);
const seed = Number(process.env.WORDLOOM_SEED ?? 1);
const timeLimit = process.env.WORDLOOM_FUZZ ? 3_600_000 : 120_000;

describe.skipIf(!gpt2Path)('GPT-2', () => {
  test(
    'ids are those of tiktoken and Hugging Face, from either form of its files',
    async () => {
      const tokenizer = await readTokenizer(gpt2Path!);
      const older = await readVocabAndMerges(
        dataPath('tok-gpt2/vocab.json')!,
        dataPath('tok-gpt2/merges.txt')!,
        {
          specialTokens: ['<|endoftext|>'],
        },
      );
      const peer = huggingFace(readFileSync(gpt2Path!, 'utf8'));
      const otherPeer = get_encoding('gpt2');
      for (const { text } of fixture.encodings) {
        expect([...tokenizer.encode(text)]).toEqual([...otherPeer.encode(text, 'all')]);
        expect(older.encode(text)).toEqual(tokenizer.encode(text));
      }
      await fc.assert(
        fc.asyncProperty(anyText(), async (text) => {
          const ids = tokenizer.encode(text);
          expect([...ids]).toEqual([...otherPeer.encode(text, 'all')]);
          expect([...ids]).toEqual(await peer.encode(text));
          expect(older.encode(text)).toEqual(ids);
          expect(tokenizer.decode(ids)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
        }),
        { numRuns: runs, seed },
      );
    },
    timeLimit,
  );

  test.each(corpora)('ids of %s are those of tiktoken', async (name) => {
    const text = excerpt(name);
    const tokenizer = await readTokenizer(gpt2Path!);
    const ids = tokenizer.encode(text);
    expectSameIds(ids, Int32Array.from(get_encoding('gpt2').encode(text, [], [])));
    expect(tokenizer.decode(ids)).toBe(text);
  });
});

describe.skipIf(!minimindPath)('MiniMind 2, a Chinese model', () => {
  test('ids are those of Hugging Face', async () => {
    const tokenizer = await readTokenizer(minimindPath!);
    const peer = huggingFace(readFileSync(minimindPath!, 'utf8'));
    const text = `<|im_start|>user\n${excerpt('cmrc2018/zhwiki-contexts.txt').slice(0, 50_000)}<|im_end|>\n`;
    expect([...tokenizer.encode(text)]).toEqual(await peer.encode(text));
  });
});

describe.skipIf(!bertPath)('BERT', () => {
  test.each(['cmrc2018/zhwiki-contexts.txt', 'multilingual/udhr2-all.txt'])(
    'ids, tokens and offsets of %s are those of Hugging Face',
    async (name) => {
      const tokenizer = (await readTokenizer(bertPath!)).with({ truncation: undefined, padding: undefined });
      const peer = huggingFaceTokenizers.Tokenizer.fromString(JSON.stringify(tokenizer));
      for (const line of excerpt(name)
        .slice(0, process.env.WORDLOOM_FUZZ ? undefined : 20_000)
        .split('\n')) {
        const encoding = tokenizer.encodeWithOffsets(line, { offsetUnit: 'code-points' });
        const theirs = await peer.encode(line);
        expect([...encoding.ids]).toEqual(theirs.getIds());
        expect(tokenizer.encode(line)).toEqual(encoding.ids);
        expect(encoding.tokens).toEqual(theirs.getTokens());
        expect(encoding.offsets).toEqual(theirs.getOffsets());
        expect(tokenizer.decode(encoding.ids)).toBe(await peer.decode(theirs.getIds(), false));
      }
    },
  );
});

describe.each([
  ['GPT-2', gpt2Path],
  ['MiniMind 2', minimindPath],
  ['BERT', bertPath],
])('%s', (_, path) => {
  test.skipIf(!path)(
    'encodes and decodes random texts as the reference does',
    async () => {
      const { added_tokens, ...file } = JSON.parse(readFileSync(path!, 'utf8'));
      const both = loadBoth({ ...file, added_tokens, truncation: null, padding: null });
      const { vocabSize } = both.tokenizer;
      await fc.assert(
        fc.asyncProperty(
          anyTextFor({ added_tokens }),
          fc.array(fc.nat(vocabSize - 1), { maxLength: 30 }),
          async (text, ids) => {
            await expectSame(both, text);
            await expectSameText(both, ids);
          },
        ),
        { numRuns: runs, seed },
      );
    },
    timeLimit,
  );
});
