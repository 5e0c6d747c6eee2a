import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import huggingFace from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../test/oracles.ts';
import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { loadVocabAndMerges } from '../byte-pair/load-vocab-and-merges.ts';
import { trainBytePair } from '../byte-pair/train-byte-pair.ts';
import { readPretrainedTokenizer } from '../node.ts';
import { loadPretrainedTokenizer } from './load-pretrained-tokenizer.ts';

const trained = trainBytePair('the lower lowest the lower 中国'.repeat(5), {
  vocabSize: 275,
  specialTokens: ['<s>', '</s>', '<pad>'],
});
const { vocab, merges } = trained.toJSON().model as unknown as {
  vocab: Record<string, number>;
  merges: [string, string][];
};
const mergesText = `#version: 0.2\r\n${merges.map((merge) => merge.join(' ')).join('\r\n')}\r\n`;
const bytePairFiles = { 'vocab.json': JSON.stringify(vocab), 'merges.txt': mergesText };
const vocabText = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', '##s', 'The'].join('\n');
const model = readFileSync(new URL('../../fixtures/sentence-piece/bpe-bytes.model', import.meta.url));

const load = (files: Record<string, unknown>) =>
  loadPretrainedTokenizer(
    new Map(
      Object.entries(files).map(([name, file]) => [
        name,
        typeof file === 'string' || file instanceof Uint8Array ? file : JSON.stringify(file),
      ]),
    ),
  );
const tokens = async (files: Record<string, unknown>, text: string) =>
  (await load(files)).tokenizer.encodeWithOffsets(text).tokens.join(' ');

describe('loadPretrainedTokenizer', () => {
  test('tokenizer.json comes first, with the special tokens and templates of the files beside it', async () => {
    const found = await load({
      'tokenizer.json': trained,
      'vocab.txt': vocabText,
      'tokenizer_config.json': { bos_token: { content: '<s>' }, chat_template: 'x' },
      'special_tokens_map.json': { bos_token: 'no', eos_token: '</s>', additional_special_tokens: ['<pad>'] },
    });
    expect(found.tokenizer.toJSON()).toEqual(trained.toJSON());
    expect(found.specialTokens).toEqual({
      bosToken: '<s>',
      eosToken: '</s>',
      additionalSpecialTokens: ['<pad>'],
    });
    expect([...found.chatTemplates]).toEqual([['default', 'x']]);
    const template = await load({ 'tokenizer.json': trained, 'chat_template.jinja': 'y' });
    expect(template.chatTemplates.get('default')).toBe('y');
  });

  test('vocab.txt is read with the options of tokenizer_config.json', async () => {
    const config = { tokenizer_class: 'BertTokenizerFast', do_lower_case: false };
    expect(await tokens({ 'vocab.txt': vocabText, 'tokenizer_config.json': config }, 'The thes')).toBe(
      '[CLS] The the ##s [SEP]',
    );
    const added = { 'added_tokens.json': { '<x>': 8 }, 'special_tokens_map.json': { mask_token: '<x>' } };
    expect(await tokens({ 'vocab.txt': vocabText, ...added }, 'The<x>')).toBe('[CLS] the <x> [SEP]');
  });

  test('tokenizer.model begins texts as its class does, and has the added tokens', async () => {
    expect(await tokens({ 'tokenizer.model': model }, 'an')).toBe('an');
    const config = {
      tokenizer_class: 'LlamaTokenizer',
      added_tokens_decoder: { 400: { content: '<|x|>', special: true } },
      add_eos_token: true,
    };
    expect(await tokens({ 'tokenizer.model': model, 'tokenizer_config.json': config }, 'an<|x|>')).toBe(
      '<s> an <|x|> </s>',
    );
  });

  test('vocab.json and merges.txt: GPT-2 adds nothing, RoBERTa puts its tokens around', async () => {
    expect(await tokens(bytePairFiles, 'the lower')).toBe('the Ġlower');
    const files = (tokenizer_class: string) => ({
      ...bytePairFiles,
      'tokenizer_config.json': { tokenizer_class },
    });
    expect(await tokens(files('RobertaTokenizer'), 'the lower')).toBe('<s> the Ġlower </s>');
    expect(await tokens(files('Qwen2Tokenizer'), 'the 中国<s>')).toMatch(/^the Ġ.* <s>$|^the Ġ/);
    expect(
      (await load({ ...bytePairFiles, 'special_tokens_map.json': { pad_token: '<pad>' } })).tokenizer
        .specialTokens,
    ).toEqual(new Map([['<pad>', vocab['<pad>']]]));
  });

  test('what is missing or cannot be known is said by name', async () => {
    await expect(load({ 'vocab.json': '{}' })).rejects.toThrow(
      'loadPretrainedTokenizer: files must have a tokenizer, got none of tokenizer.json, tokenizer.model, ',
    );
    const config = { tokenizer_class: 'XLMRobertaTokenizer' };
    await expect(load({ 'tokenizer.model': model, 'tokenizer_config.json': config })).rejects.toThrow(
      'must have a tokenizer_class that is known without tokenizer.json (LlamaTokenizer, ',
    );
    await expect(load({ 'tokenizer.model': 'IQ== 0\nIg== 1\n' })).rejects.toThrow('got ranks of tiktoken');
    await expect(load({ 'tokenizer_config.json': '{' })).rejects.toThrow(
      'tokenizer_config.json must be JSON',
    );
    await expect(load({ 'tokenizer_config.json': { bos_token: 5 } })).rejects.toThrow(
      'tokenizer_config.json: bos_token must be an object, got 5',
    );
    await expect(load({ ...bytePairFiles, 'merges.txt': 'a b c' })).rejects.toThrow(
      'merges.txt: line 1 must be two tokens',
    );
    await expect(load({ 'vocab.txt': Uint8Array.of(255) })).rejects.toThrow('vocab.txt must be UTF-8 text');
  });

  test('a folder is read in Node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-pretrained-'));
    try {
      await expect(readPretrainedTokenizer(folder)).rejects.toThrow(
        `loadPretrainedTokenizer: ${folder} must have`,
      );
      await writeFile(join(folder, 'vocab.txt'), vocabText);
      expect((await readPretrainedTokenizer(folder)).tokenizer.vocabSize).toBe(8);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("CLIP's words end in </w>, as Hugging Face reads them", async () => {
  const characters = createByteAlphabet().characters;
  const list = [
    ...characters,
    ...characters.map((character) => `${character}</w>`),
    'th',
    'the</w>',
    'lo',
    'low</w>',
  ];
  const clip = loadVocabAndMerges(
    Object.fromEntries(list.map((token, id) => [token, id])),
    't h\nth e</w>\nl o\nlo w</w>',
    { style: 'clip' },
  );
  const peer = huggingFace.Tokenizer.fromString(JSON.stringify(clip));
  for (const text of ['The LOW lower\n\n', "it's 12 é中!!", ' ', 'ẞ e\u0301']) {
    const ids = [...clip.encode(text)];
    expect(ids).toEqual((await peer.encode(text)).getIds());
    expect(clip.decode(ids)).toBe(await peer.decode(ids, false));
  }
  expect(clip.encodeWithOffsets('The lower').tokens).toEqual(['the</w>', 'lo', 'w', 'e', 'r</w>']);
  expect(clip.decode(clip.encode('The low'))).toBe('the low ');
});

const gpt2 = dataPath('tok-gpt2');

test.skipIf(!gpt2)(
  "GPT-2's folder has a tokenizer.json that says what vocab.json and merges.txt say",
  async () => {
    const { tokenizer } = await readPretrainedTokenizer(gpt2!);
    const files = new Map(
      ['vocab.json', 'merges.txt'].map((name) => [name, readFileSync(`${gpt2}/${name}`)]),
    );
    const slow = (await loadPretrainedTokenizer(files)).tokenizer;
    const text = "It's the 2nd 中国 day.\n\n  Über-cool 😀";
    expect([...slow.encode(text)]).toEqual([...tokenizer.encode(text)]);
  },
);
