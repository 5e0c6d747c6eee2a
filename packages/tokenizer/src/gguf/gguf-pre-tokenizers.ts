import { CL100K_PATTERN, GPT2_PATTERN, O200K_PATTERN } from '../byte-pair/split-patterns.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { SplitPreTokenizer } from '../pre-tokenizers/split.ts';
import { RegexPattern } from '../regex/regex-pattern.ts';

/** What a name in `tokenizer.ggml.pre` stands for. */
export interface GgufPreTokenizer {
  /** Patterns one after the other: each cuts out what it matches from what the one before has left in one piece. */
  readonly patterns: readonly string[];
  /** Whether words that are tokens are not merged. */
  readonly ignoreMerges: boolean;
  /** Whether texts begin with the bos token, where the file does not say. */
  readonly addsBos: boolean;
}

/** The pre-tokenizer of a name; undefined if the name is not known. */
export function ggufPreTokenizer(name: string): GgufPreTokenizer | undefined {
  return byName.get(name);
}

/** All names that are known. */
export function ggufPreTokenizerNames(): string[] {
  return [...byName.keys()];
}

/** The same as a part of a tokenizer whose model is byte-level BPE. */
export function createGgufPreTokenizer({ patterns }: GgufPreTokenizer): PreTokenizer {
  if (patterns.length === 1 && patterns[0] === GPT2_PATTERN) {
    return new ByteLevelPreTokenizer({ addPrefixSpace: false });
  }
  return new SequencePreTokenizer([
    ...patterns.map((pattern) => new SplitPreTokenizer(new RegexPattern(pattern))),
    new ByteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
  ]);
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const WORD = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const SYMBOLS = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*';
const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const KANA_AND_HAN = '[一-龥぀-ゟ゠-ヿ]+';
const HAN_TO_HANGUL = '[一-龥ࠀ-一가-퟿]+';
const QWEN2 = `${CONTRACTIONS}|${WORD}|\\p{N}|${SYMBOLS}|${SPACES}`;
const DEEPSEEK3_WORDS =
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|' +
  ` ?[\\p{P}\\p{S}]+[\\r\\n]*|${SPACES}`;
/**
 * Letters that have a case, as DeepSeek's first model and llama.cpp (src/llama-vocab.cpp) list them: code points, in hexadecimal because some
 * change where text is normalized.
 */
const CASED_LETTERS = (
  '41-5a 61-7a b5 c0-d6 d8-f6 f8-1ba 1bc-1bf 1c4-293 295-2af 370-373 376-377 37b-37d 37f 386 388-38a 38c 38e-3a1 3a3-3f5 3f7-481 48a-52f ' +
  '531-556 10a0-10c5 13a0-13f5 13f8-13fd 1c90-1cba 1cbd-1cbf 1d00-1d2b 1d6b-1d77 1d79-1d9a 1e00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 ' +
  '1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc 2102 2107 210a-2113 ' +
  '2115 2119-211d 2124 2126 2128 212a-212d 212f-2134 2139 213c-213f 2145-2149 214e 2183-2184 2c00-2c7b 2c7e-2ce4 2ceb-2cee 2cf2-2cf3 a640-a66d ' +
  'a680-a69b a722-a76f a771-a787 a78b-a78e ab70-abbf fb00-fb06 fb13-fb17 ff21-ff3a ff41-ff5a 10400-1044f 104b0-104d3 104d8-104fb 10c80-10cb2 ' +
  '10cc0-10cf2 118a0-118df 1e900-1e943'
)
  .replaceAll(/[0-9a-f]+/g, (code) => String.fromCodePoint(Number.parseInt(code, 16)))
  .replaceAll(' ', '');
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const TEKKEN =
  `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*|` +
  `\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`;
const BLOOM = ' ?[^(\\s|.,!?…。，、।۔،)]+';

interface Entry {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly ignoreMerges?: boolean;
  readonly addsBos?: boolean;
}

/** The names that llama.cpp has published. Where it rewrites a pattern for its own matcher, this is the pattern that the model was trained with. */
const entries: readonly Entry[] = [
  {
    names: [
      ...[
        'gpt-2',
        'phi-2',
        'jina-es',
        'jina-de',
        'gigachat',
        'jina-v2-es',
        'jina-v2-de',
        'a.x-4.0',
        'mellum',
      ],
      ...['modern-bert', 'jina-v1-en', 'jina-v2-code', 'roberta-bpe', 'mpt', 'olmo', 'jais', 'trillion'],
      ...['granite-docling', 'exaone4'],
    ],
    patterns: [GPT2_PATTERN],
  },
  {
    names: [
      ...[
        'llama3',
        'llama-v3',
        'llama-bpe',
        'falcon3',
        'falcon-h1',
        'pixtral',
        'midm-2.0',
        'lfm2',
        'jina-v5-nano',
      ],
    ],
    patterns: [CL100K_PATTERN],
    ignoreMerges: true,
    addsBos: true,
  },
  { names: ['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'], patterns: [CL100K_PATTERN] },
  {
    names: [
      ...[
        'qwen2',
        'deepseek-r1-qwen',
        'kormo',
        'f2llmv2',
        'megrez',
        'stablelm2',
        'hunyuan',
        'solar-open',
        'grok-2',
      ],
    ],
    patterns: [QWEN2],
  },
  {
    names: ['qwen35'],
    patterns: [
      `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${SPACES}`,
    ],
  },
  { names: ['laguna'], patterns: ['[^\\n]+|[\\n]+', QWEN2] },
  { names: ['ufakzeka'], patterns: [`${WORD}|\\p{N}|${SYMBOLS}|${SPACES}`] },
  {
    names: ['minicpm5'],
    patterns: ['\\p{N}{1,3}', `${CONTRACTIONS}|${WORD}|\\p{N}+|${SYMBOLS}|${SPACES}`],
    ignoreMerges: true,
  },
  {
    names: ['deepseek-llm'],
    patterns: [
      ...[
        '[\\r\\n]',
        `\\s?[${CASED_LETTERS}]+`,
        '\\s?[!-/:-~！-／：-～‘-‟　-。]+',
        '\\s+$',
        HAN_TO_HANGUL,
        '\\p{N}+',
      ],
    ],
  },
  {
    names: ['deepseek-coder'],
    patterns: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', HAN_TO_HANGUL, '\\p{N}'],
  },
  {
    names: ['deepseek-v3', 'hunyuan-dense', 'joyai-llm', 'hy_v4'],
    patterns: ['\\p{N}{1,3}', KANA_AND_HAN, DEEPSEEK3_WORDS],
  },
  { names: ['falcon'], patterns: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', GPT2_PATTERN, '[0-9][0-9][0-9]'] },
  {
    names: ['starcoder', 'refact', 'command-r', 'smollm', 'codeshell', 'exaone', 'minerva-7b', 'mellum2'],
    patterns: ['\\p{N}', GPT2_PATTERN],
  },
  { names: ['poro-chat', 'bloom', 'gpt3-finnish'], patterns: [BLOOM] },
  { names: ['viking'], patterns: [BLOOM, '\\p{N}'] },
  { names: ['tekken'], patterns: [TEKKEN], ignoreMerges: true, addsBos: true },
  { names: ['gpt-4o', 'llama4', 'kanana2', 'talkie', 'minimax-m2'], patterns: [O200K_PATTERN] },
  { names: ['granite-embed-multi-97m'], patterns: [O200K_PATTERN], ignoreMerges: true },
  { names: ['tiny_aya', 'cohere2moe'], patterns: ['\\d{1,3}(?=(?:\\d{3})*\\b)', O200K_PATTERN] },
  { names: ['superbpe'], patterns: ['\\p{N}+', '(?=(\\d{3})+(?!\\d))'] },
  {
    names: ['bailingmoe', 'bailingmoe2', 'llada-moe'],
    patterns: [`'(?i:[sdmt]|ll|ve|re)|${WORD}|\\p{N}|${SYMBOLS}|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`],
  },
  {
    names: ['seed-coder'],
    patterns: [`${CONTRACTIONS}|${WORD}|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${SPACES}`],
  },
  {
    names: ['chameleon'],
    patterns: [
      ...['<sentinel:[0-9]+>', '(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z', '([\\t\\n]|    |  )', '\\p{N}'],
      ...['[\\p{P}!-/:-@\\[-`{-~]', GPT2_PATTERN],
    ],
    addsBos: true,
  },
  {
    // Of files that name none, from before there were names.
    names: ['default'],
    patterns: ['[\\p{P}\\$\\+<=>\\^~\\|]+', GPT2_PATTERN, '\\p{N}+', '[0-9][0-9][0-9]'],
  },
];

const byName: ReadonlyMap<string, GgufPreTokenizer> = new Map(
  entries.flatMap(({ names, patterns, ignoreMerges = false, addsBos = false }) =>
    names.map((name) => [name, { patterns, ignoreMerges, addsBos }] as const),
  ),
);
