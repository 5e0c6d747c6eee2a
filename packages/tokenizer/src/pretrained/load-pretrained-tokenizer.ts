import { loadTiktoken } from '../byte-pair/load-tiktoken.ts';
import { loadVocabAndMerges } from '../byte-pair/load-vocab-and-merges.ts';
import { tiktokenEncodings } from '../byte-pair/tiktoken-encodings.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import { loadVocabText } from '../models/load-vocab-text.ts';
import type { SpecialToken } from '../post-processors/post-processor.ts';
import { RobertaPostProcessor } from '../post-processors/roberta.ts';
import { surroundingTemplate } from '../post-processors/surrounding-template.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { decodeSentencePieceFile } from '../sentencepiece/sentence-piece-file.ts';
import { sentencePieceToTokenizer } from '../sentencepiece/sentence-piece-to-tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { PretrainedTokenizer } from './pretrained-tokenizer.ts';
import { readTokenizerConfig, type TokenizerConfig } from './tokenizer-config.ts';

/** A file's text or bytes; undefined where there is no such file. */
export type PretrainedFile = string | Uint8Array | undefined;

/** Gives the file of a name. */
export type FetchPretrainedFile = (name: string) => PretrainedFile | Promise<PretrainedFile>;

/** Options of {@link loadPretrainedTokenizer}. */
export interface LoadPretrainedTokenizerOptions {
  /** What errors call the place of the files, such as a folder (default none). */
  readonly source?: string;
}

/**
 * Finds the tokenizer among the files that models come with: tokenizer.json, or else tokenizer.model (or spiece.model), vocab.json and merges.txt,
 * vocab.txt, or ranks of tiktoken under their published names, the first that is there; together with tokenizer_config.json,
 * special_tokens_map.json, added_tokens.json and chat_template.jinja.
 *
 * Of tokenizers without a tokenizer.json it makes those of transformers' Llama, Gemma, T5, GPT-2, RoBERTa, CLIP, Qwen 2 and BERT classes, and
 * refuses classes that renumber their files.
 *
 * @param files by name, or a function that gets them: from a web server, an archive, a store
 * @throws {RangeError} if there is no tokenizer, or one of a class that is not known
 * @throws {TypeError} if a file is broken; the message names it
 * @example
 * const fetchFile = async (name: string) => {
 *   const response = await fetch(`https://example.org/model/${name}`);
 *   return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
 * };
 * const { tokenizer, chatTemplates } = await loadPretrainedTokenizer(fetchFile);
 */
export async function loadPretrainedTokenizer(
  files: ReadonlyMap<string, Exclude<PretrainedFile, undefined>> | FetchPretrainedFile,
  { source = '' }: LoadPretrainedTokenizerOptions = {},
): Promise<PretrainedTokenizer> {
  const folder = new PretrainedFiles(files, source);
  const [config, specialTokensMap, addedTokens, chatTemplate] = await Promise.all(
    ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'chat_template.jinja'].map(
      (name) => folder.text(name),
    ),
  );
  const tokenizerConfig = readTokenizerConfig(
    { config, specialTokensMap, addedTokens, chatTemplate },
    source === '' ? CALLER : `${CALLER}: ${source}`,
  );
  for (const read of readers) {
    const tokenizer = await read(folder, tokenizerConfig);
    if (!tokenizer) continue;
    const { specialTokens, chatTemplates } = tokenizerConfig;
    return { tokenizer, specialTokens, chatTemplates };
  }
  throw new RangeError(
    `${folder.place} must have a tokenizer, got none of tokenizer.json, ${MODEL_FILES.join(', ')}, vocab.json with merges.txt, vocab.txt, ` +
      `${TIKTOKEN_FILES.join(', ')}.`,
  );
}

const CALLER = 'loadPretrainedTokenizer';
const MODEL_FILES = ['tokenizer.model', 'spiece.model'];
const TIKTOKEN_FILES = Object.keys(tiktokenEncodings).map((name) => `${name}.tiktoken`);

type Reader = (files: PretrainedFiles, config: TokenizerConfig) => Promise<Tokenizer | undefined>;

const readers: readonly Reader[] = [
  async (files) => {
    const text = await files.text('tokenizer.json');
    return text === undefined ? undefined : loadTokenizer(text, { source: files.pathOf('tokenizer.json') });
  },
  readModelFile,
  readVocabAndMergesFiles,
  readVocabTextFile,
  readTiktokenFile,
];

async function readModelFile(
  files: PretrainedFiles,
  config: TokenizerConfig,
): Promise<Tokenizer | undefined> {
  for (const name of MODEL_FILES) {
    const bytes = await files.bytes(name);
    if (!bytes) continue;
    const source = files.pathOf(name);
    if (/^[A-Za-z0-9+/]+={0,2} \d+\n/.test(new TextDecoder().decode(bytes.subarray(0, 200)))) {
      throw new RangeError(
        `${files.place} must have SentencePiece's format in ${name}, got ranks of tiktoken. Read it with loadTiktoken, with the pattern of its model.`,
      );
    }
    const isT5 = config.tokenizerClass === 'T5Tokenizer';
    requireClass(files, config, ['LlamaTokenizer', 'CodeLlamaTokenizer', 'GemmaTokenizer', 'T5Tokenizer']);
    const isKnown = config.tokenizerClass !== undefined;
    const tokenizer = sentencePieceToTokenizer(decodeSentencePieceFile(bytes, `${CALLER}: ${source}`), {
      source,
    });
    const withAdded = withAddedTokens(tokenizer, config);
    return withTemplate(withAdded, config, isKnown && !isT5, isT5);
  }
  return undefined;
}

async function readVocabAndMergesFiles(
  files: PretrainedFiles,
  config: TokenizerConfig,
): Promise<Tokenizer | undefined> {
  const [vocab, merges] = await Promise.all([files.text('vocab.json'), files.text('merges.txt')]);
  if (vocab === undefined || merges === undefined) return undefined;
  requireClass(files, config, [
    ...['GPT2Tokenizer', 'RobertaTokenizer', 'BartTokenizer', 'LongformerTokenizer', 'LEDTokenizer'],
    ...['Qwen2Tokenizer', 'CLIPTokenizer'],
  ]);
  const kind = config.tokenizerClass?.replace(/Tokenizer$/, '') ?? 'GPT2';
  const pattern = ({ Qwen2: 'qwen2', CLIP: 'clip' } as const)[kind];
  const tokenizer = withAddedTokens(
    loadVocabAndMerges(vocab, merges, {
      ...(pattern && { style: pattern }),
      sources: [files.pathOf('vocab.json'), files.pathOf('merges.txt')],
    }),
    config,
  );
  const addPrefixSpace = config.flag('add_prefix_space') ?? false;
  const spaced =
    addPrefixSpace && !pattern
      ? tokenizer.with({ preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace }) })
      : tokenizer;
  if (kind === 'GPT2' || kind === 'Qwen2') return withTemplate(spaced, config, false, false);
  const {
    bosToken = '<s>',
    eosToken = '</s>',
    clsToken = bosToken,
    sepToken = eosToken,
  } = config.specialTokens;
  const isClip = kind === 'CLIP';
  return spaced.with({
    postProcessor: new RobertaPostProcessor({
      cls: requireToken(spaced, isClip ? bosToken : clsToken, files),
      sep: requireToken(spaced, isClip ? eosToken : sepToken, files),
      addPrefixSpace,
      trimOffsets: !isClip,
    }),
  });
}

async function readVocabTextFile(
  files: PretrainedFiles,
  config: TokenizerConfig,
): Promise<Tokenizer | undefined> {
  const text = await files.text('vocab.txt');
  if (text === undefined) return undefined;
  requireClass(files, config, [
    'BertTokenizer',
    'DistilBertTokenizer',
    'ElectraTokenizer',
    'LayoutLMTokenizer',
  ]);
  const { bosToken, eosToken, ...roles } = config.specialTokens;
  return loadVocabText(text, {
    ...roles,
    addedTokens: config.addedTokens,
    lowercase: config.flag('do_lower_case') ?? true,
    stripAccents: config.flag('strip_accents') ?? null,
    handleChineseChars: config.flag('tokenize_chinese_chars') ?? true,
    basicTokenize: config.flag('do_basic_tokenize') ?? true,
    source: files.pathOf('vocab.txt'),
  });
}

async function readTiktokenFile(files: PretrainedFiles): Promise<Tokenizer | undefined> {
  for (const name of Object.keys(tiktokenEncodings) as (keyof typeof tiktokenEncodings)[]) {
    const ranks = await files.bytes(`${name}.tiktoken`);
    if (ranks) {
      return loadTiktoken(ranks, { ...tiktokenEncodings[name], source: files.pathOf(`${name}.tiktoken`) });
    }
  }
  return undefined;
}

/** Classes of one name read files of the same format in their own ways, so those that are not known are not guessed at. */
function requireClass(
  files: PretrainedFiles,
  { tokenizerClass }: TokenizerConfig,
  known: readonly string[],
): void {
  if (tokenizerClass === undefined || tokenizerClass === 'PreTrainedTokenizer') return;
  if (known.includes(tokenizerClass)) return;
  throw new RangeError(
    `${files.place} must have a tokenizer_class that is known without tokenizer.json (${known.join(', ')}), got ${tokenizerClass}. ` +
      'Save the tokenizer with transformers, which writes tokenizer.json.',
  );
}

/** The tokenizer with the added tokens of the configuration, and with the tokens of parts matched as a whole. */
function withAddedTokens(tokenizer: Tokenizer, { addedTokens, specialTokens }: TokenizerConfig): Tokenizer {
  const tokens = new Map(tokenizer.addedTokens.map((token) => [token.content, { ...token }]));
  for (const token of addedTokens) {
    tokens.set(token.content, { ...tokens.get(token.content), ...token } as Required<typeof token>);
  }
  for (const content of Object.values(specialTokens).flat()) {
    const id = tokens.get(content)?.id ?? tokenizer.tokenToId(content);
    if (id === undefined) continue;
    const defaults = { singleWord: false, leftStrip: false, rightStrip: false, normalized: false };
    tokens.set(content, { ...defaults, ...tokens.get(content), id, content, special: true });
  }
  return tokenizer.with({ addedTokens: [...tokens.values()].sort((a, b) => a.id - b.id) });
}

function withTemplate(
  tokenizer: Tokenizer,
  { specialTokens: { bosToken = '<s>', eosToken = '</s>' }, flag }: TokenizerConfig,
  addsBos: boolean,
  addsEos: boolean,
): Tokenizer {
  const special = (token: string, adds: boolean): SpecialToken[] => {
    const id = tokenizer.tokenToId(token);
    return adds && id !== undefined ? [[token, id]] : [];
  };
  return tokenizer.with({
    postProcessor: surroundingTemplate(
      special(bosToken, flag('add_bos_token') ?? addsBos),
      special(eosToken, flag('add_eos_token') ?? addsEos),
    ),
  });
}

function requireToken(tokenizer: Tokenizer, token: string, files: PretrainedFiles): SpecialToken {
  const id = tokenizer.tokenToId(token);
  if (id !== undefined) return [token, id];
  throw new RangeError(
    `${files.place} must have the special token ${JSON.stringify(token)} in vocab.json, got none.`,
  );
}

/** The files of a tokenizer, as text or as bytes. */
class PretrainedFiles {
  /** How errors begin. */
  readonly place: string;
  readonly #fetch: FetchPretrainedFile;
  readonly #source: string;

  constructor(files: ReadonlyMap<string, PretrainedFile> | FetchPretrainedFile, source: string) {
    this.#fetch = typeof files === 'function' ? files : (name) => files.get(name);
    this.#source = source;
    this.place = `${CALLER}: ${source || 'files'}`;
  }

  pathOf(name: string): string {
    return this.#source === '' ? name : `${this.#source}/${name}`;
  }

  async text(name: string): Promise<string | undefined> {
    const file = await this.#fetch(name);
    if (!(file instanceof Uint8Array)) return file;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(file);
    } catch {
      throw new TypeError(`${CALLER}: ${this.pathOf(name)} must be UTF-8 text.`);
    }
  }

  async bytes(name: string): Promise<Uint8Array | undefined> {
    const file = await this.#fetch(name);
    return typeof file === 'string' ? new TextEncoder().encode(file) : file;
  }
}
