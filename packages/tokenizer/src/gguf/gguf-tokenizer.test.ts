import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../test/oracles.ts';
import { type TypedValue, writeGguf } from '../../test/write-gguf.ts';
import { splitRule } from '../byte-pair/split-patterns.ts';
import { trainBytePair } from '../byte-pair/train-byte-pair.ts';
import { loadVocabText } from '../models/load-vocab-text.ts';
import { decodeSentencePieceFile } from '../sentencepiece/sentence-piece-file.ts';
import { loadSentencePiece } from '../sentencepiece/sentence-piece-tokenizer.ts';
import { createGgufPreTokenizer, ggufPreTokenizer, ggufPreTokenizerNames } from './gguf-pre-tokenizers.ts';
import { readGgufTokenizer } from './gguf-tokenizer.ts';

const kindNumbers = { normal: 1, unknown: 2, control: 3, 'user-defined': 4, unused: 5, byte: 6 };

describe('byte-level BPE', () => {
  const trained = trainBytePair('the lower lowest 中国 the 2024 lower!'.repeat(9), {
    vocabSize: 290,
    specialTokens: ['<|end|>', '<|user|>'],
  });
  const { vocab, merges } = trained.toJSON().model as unknown as {
    vocab: Record<string, number>;
    merges: [string, string][];
  };
  const tokens = Object.keys(vocab).sort((a, b) => vocab[a]! - vocab[b]!);
  const values: Record<string, TypedValue> = {
    'tokenizer.ggml.model': { string: 'gpt2' },
    'tokenizer.ggml.pre': { string: 'gpt-2' },
    'tokenizer.ggml.tokens': { strings: tokens },
    'tokenizer.ggml.token_type': { int32s: tokens.map((_, id) => (id < 2 ? 3 : 1)) },
    'tokenizer.ggml.merges': { strings: merges.map((merge) => merge.join(' ')) },
    'tokenizer.ggml.bos_token_id': { uint32: 0 },
    'tokenizer.ggml.eos_token_id': { uint32: 1 },
    'tokenizer.ggml.padding_token_id': { uint32: 4_000_000_000 },
    'tokenizer.chat_template': { string: '{{ messages }}' },
    'tokenizer.chat_template.tool_use': { string: '{{ tools }}' },
  };

  test('vocabulary, merges, special tokens, roles and templates are read', async () => {
    const { tokenizer, specialTokens, chatTemplates } = await readGgufTokenizer(writeGguf(values));
    expect(tokenizer.toJSON()).toEqual(trained.toJSON());
    expect(specialTokens).toEqual({ bosToken: '<|end|>', eosToken: '<|user|>' });
    expect([...chatTemplates]).toEqual([
      ['default', '{{ messages }}'],
      ['tool_use', '{{ tools }}'],
    ]);
  });

  test('bos and eos go around a text where the file, or the name of the pre-tokenizer, says so', async () => {
    const encode = async (changes: Record<string, TypedValue>) => {
      const { tokenizer } = await readGgufTokenizer(writeGguf({ ...values, ...changes }));
      return tokenizer.encodeWithOffsets('the').tokens.join(' ');
    };
    expect(await encode({ 'tokenizer.ggml.add_eos_token': { boolean: true } })).toBe('the <|user|>');
    const llama3 = { 'tokenizer.ggml.pre': { string: 'llama-bpe' } };
    expect(await encode(llama3)).toBe('<|end|> the');
    expect(await encode({ ...llama3, 'tokenizer.ggml.add_bos_token': { boolean: false } })).toBe('the');
  });

  test.each<[string, string, TypedValue | undefined]>([
    [
      'tokenizer.ggml.model must be one of bert, gpt2, llama, t5, got "rwkv" at byte 56',
      'model',
      { string: 'rwkv' },
    ],
    ['tokenizer.ggml.pre must be one of gpt-2, ', 'pre', { string: 'x' }],
    ['tokenizer.ggml.tokens must be an array of strings, got nothing.', 'tokens', undefined],
    ['tokenizer.ggml.tokens must be an array of strings, got "a" at byte', 'tokens', { string: 'a' }],
    [
      'tokenizer.ggml.tokens must be of tokens that differ ("a" comes twice)',
      'tokens',
      { strings: ['a', 'a'] },
    ],
    ['tokenizer.ggml.tokens must be a byte-level vocabulary', 'tokens', { strings: ['a'] }],
    [
      'tokenizer.ggml.token_type must be an array of 278 numbers of 32 bits, got an array of 1',
      'token_type',
      { int32s: [1] },
    ],
    ['tokenizer.ggml.merges must be an array of strings, got nothing', 'merges', undefined],
    ['tokenizer.ggml.merges: [0] must be two tokens, got "x"', 'merges', { strings: ['x'] }],
    ['tokenizer.ggml.bos_token_id must be an integer, got "x"', 'bos_token_id', { string: 'x' }],
    ['tokenizer.ggml.add_bos_token must be true or false, got 1', 'add_bos_token', { uint32: 1 }],
  ])('a file is refused: %s', async (expected, key, value) => {
    const changed = Object.entries({ ...values, [`tokenizer.ggml.${key}`]: value });
    const bytes = writeGguf(Object.fromEntries(changed.filter(([, value]) => value)) as typeof values);
    await expect(readGgufTokenizer(bytes)).rejects.toThrow(expected);
  });
});

describe('pre-tokenizers', () => {
  const cut = (name: string, text: string): string[] => {
    const vocab = trainBytePair('x', { vocabSize: 256 });
    const tokenizer = vocab.with({ preTokenizer: createGgufPreTokenizer(ggufPreTokenizer(name)!) });
    const { wordIds, starts, ends } = tokenizer.encodeWithOffsets(text);
    const words: string[] = [];
    let last = -1;
    wordIds.forEach((word, index) => {
      if (word !== last) words.push('');
      last = word!;
      const start = starts[index]!;
      if (index === 0 || ends[index - 1]! <= start) words[words.length - 1] += text.slice(start, ends[index]);
    });
    return words;
  };

  test('every name has patterns that compile, and cuts lose nothing', () => {
    const text = "It's 12345 Items,\n\n\t中国人ひらkatakana don'T €$+=| <sentinel:12>  \r\n x";
    for (const name of ggufPreTokenizerNames()) expect(cut(name, text).join(''), name).toBe(text);
    for (const name of ['gpt-2', 'llama-bpe', 'qwen2', 'qwen35', 'gpt-4o', 'tekken']) {
      expect(splitRule(ggufPreTokenizer(name)!.patterns[0]!), name).toBeDefined();
    }
  });

  test.each([
    ['gpt-2', ['a', '12345', '中国', '!!', ' ', ' x']],
    ['llama-bpe', ['a', '123', '45', '中国', '!!', ' ', ' x']],
    ['qwen2', ['a', '1', '2', '3', '4', '5', '中国', '!!', ' ', ' x']],
    ['deepseek-v3', ['a', '123', '45', '中国', '!!', ' ', ' x']],
    ['deepseek-coder', ['a', '1', '2', '3', '4', '5', '中国', '!!', ' ', ' x']],
    ['deepseek-llm', ['a', '12345', '中国', '!!', ' ', ' x']],
    ['starcoder', ['a', '1', '2', '3', '4', '5', '中国', '!!', ' ', ' x']],
    ['falcon', ['a', '123', '45', '中国', '!!', ' ', ' x']],
  ])('%s cuts as its model was trained', (name, words) => {
    expect(cut(name, 'a12345中国!!  x')).toEqual(words);
  });
});

describe('SentencePiece in GGUF', () => {
  const bytesOf = (name: string): Uint8Array =>
    readFileSync(new URL(`../../fixtures/sentence-piece/${name}.model`, import.meta.url));
  const texts = ['human beings', '  a b ', 'Würde 😀人人', '\n\n由', 'x'];

  test.each([
    ['llama', 'bpe-bytes', '<s>', undefined],
    ['t5', 'unigram', undefined, '</s>'],
    ['t5', 'unigram-bytes', undefined, '</s>'],
  ])('%s: ids are those of the file %s that was converted', async (model, name, first, last) => {
    const file = decodeSentencePieceFile(bytesOf(name));
    const original = loadSentencePiece(bytesOf(name));
    const ids = new Map(file.pieces.map(({ piece }, id) => [piece, id]));
    const values: Record<string, TypedValue> = {
      'tokenizer.ggml.model': { string: model },
      'tokenizer.ggml.tokens': { strings: file.pieces.map(({ piece }) => piece) },
      'tokenizer.ggml.scores': { float32s: file.pieces.map(({ score }) => score) },
      'tokenizer.ggml.token_type': { int32s: file.pieces.map(({ kind }) => kindNumbers[kind]) },
      'tokenizer.ggml.bos_token_id': { uint32: ids.get('<s>')! },
      'tokenizer.ggml.eos_token_id': { uint32: ids.get('</s>')! },
      'tokenizer.ggml.add_space_prefix': { boolean: file.addDummyPrefix },
      'tokenizer.ggml.remove_extra_whitespaces': { boolean: file.removeExtraSpaces },
      'tokenizer.ggml.precompiled_charsmap': { bytes: file.characterMap },
    };
    const { tokenizer, specialTokens } = await readGgufTokenizer(writeGguf(values));
    for (const text of texts) {
      const around = (token: string | undefined) => (token === undefined ? [] : [ids.get(token)!]);
      expect([...tokenizer.encode(text)]).toEqual([
        ...around(first),
        ...original.encode(text),
        ...around(last),
      ]);
    }
    expect(specialTokens).toMatchObject({ bosToken: '<s>', eosToken: '</s>' });
  });

  test('bert: words begin with the mark of a space, and what continues them does not', async () => {
    const lines = [
      '[PAD]',
      '[UNK]',
      '[CLS]',
      '[SEP]',
      '[MASK]',
      '[unused1]',
      'un',
      '##want',
      '##ed',
      '中',
      '!',
    ];
    const strings = lines.map((line) =>
      line.startsWith('[') ? line : line.startsWith('##') ? line.slice(2) : `▁${line}`,
    );
    const { tokenizer } = await readGgufTokenizer(
      writeGguf({
        'tokenizer.ggml.model': { string: 'bert' },
        'tokenizer.ggml.tokens': { strings },
        'tokenizer.ggml.token_type': { int32s: lines.map((_, id) => (id < 5 ? 3 : 1)) },
        'tokenizer.ggml.unknown_token_id': { uint32: 1 },
      }),
    );
    expect([...tokenizer.encode('Unwanted 中!')]).toEqual([
      ...loadVocabText(lines.join('\n')).encode('Unwanted 中!'),
    ]);
  });
});

describe.skipIf(!dataPath('tok-llamacpp'))("llama.cpp's own vocabularies", () => {
  test.each(['gpt-2', 'llama-spm'])('%s: every input has the ids that llama.cpp lists', async (name) => {
    const path = dataPath(`tok-llamacpp/ggml-vocab-${name}.gguf`)!;
    const { tokenizer } = await readGgufTokenizer(readFileSync(path));
    const inputs = readFileSync(`${path}.inp`, 'utf8').split('\n__ggml_vocab_test__\n');
    const outputs = readFileSync(`${path}.out`, 'utf8').split('\n').slice(0, inputs.length);
    const found = inputs.map((text) => [...tokenizer.encode(text, { addSpecialTokens: false })].join(' '));
    expect(found).toEqual(outputs.map((line) => line.trim()));
    expect(found.length).toBeGreaterThan(40);
  });
});
