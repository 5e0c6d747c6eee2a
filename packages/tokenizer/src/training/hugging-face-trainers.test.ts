import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BytePairModelJson, TokenizerJson } from '../index.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { continueTraining } from './continue-training.ts';
import { trainTokenizer } from './train-tokenizer.ts';
import type { TrainTokenizerOptions } from './training-options.ts';
import type { TrainingSpecialToken } from './training-tokens.ts';

/** What Hugging Face learned. Made by fixtures/hugging-face-trainers.py. */
interface Case {
  readonly documents: string[];
  readonly options: {
    readonly vocabSize: number;
    readonly minFrequency: number;
    readonly maxTokenLength?: number;
    readonly continuingSubwordPrefix?: string;
    readonly endOfWordSuffix?: string;
  };
  readonly specialTokens: TrainingSpecialToken[];
  readonly untrained: TokenizerJson;
  readonly trained: TokenizerJson;
}

const cases: Record<'BPE' | 'BPE with affixes' | 'WordPiece' | 'WordLevel', Case[]> = JSON.parse(
  readFileSync(new URL('../../fixtures/hugging-face-trainers.json', import.meta.url), 'utf8'),
);

function learn(
  { documents, options, specialTokens, untrained }: Case,
  change: { vocabSize?: number } = {},
): Tokenizer {
  const { normalizer, preTokenizer } = loadTokenizer(untrained);
  const { type, unk_token: unknownToken } = untrained.model as BytePairModelJson;
  return trainTokenizer(documents, {
    initialAlphabet: [],
    ...options,
    ...change,
    model: type.toLowerCase(),
    unknownToken,
    ...(type === 'BPE' && { fuseUnknown: (untrained.model as BytePairModelJson).fuse_unk }),
    specialTokens,
    normalizer,
    preTokenizer,
  } as TrainTokenizerOptions);
}

function written(tokenizer: Tokenizer): unknown {
  return JSON.parse(JSON.stringify(tokenizer));
}

/**
 * The reference numbers characters with affixes in an order that differs from run to run, and of equally frequent pairs merges that
 * with the smaller ids. With the numbers that it chose, it must have learned what this package learns.
 */
function learnWithNumbersOf(example: Case): unknown {
  const tokens = Object.entries(example.trained.model.vocab as Record<string, number>)
    .sort(([, a], [, b]) => a - b)
    .map(([token]) => token);
  const start = learn(example, { vocabSize: 1 });
  const first = tokens.slice(0, start.vocabSize);
  expect(first.toSorted()).toEqual(Object.keys(start.toJSON().model.vocab).sort());
  const json = written(start) as TokenizerJson;
  const vocab = Object.fromEntries(first.map((token, id) => [token, id]));
  const added_tokens = json.added_tokens.map((token) => ({ ...token, id: vocab[token.content]! }));
  // WordPiece is learned as BPE; but texts are cut otherwise, so it cannot go on in the same way.
  const { continuingSubwordPrefix = '##' } = example.options;
  const model =
    json.model.type === 'BPE'
      ? { ...json.model, vocab }
      : { type: 'BPE', vocab, merges: [], continuing_subword_prefix: continuingSubwordPrefix };
  const { vocabSize, minFrequency, maxTokenLength } = example.options;
  const learned = written(
    continueTraining(loadTokenizer({ ...json, added_tokens, model }), example.documents, {
      vocabSize: Math.max(vocabSize, first.length),
      minFrequency,
      addCharacters: false,
      ...(maxTokenLength !== undefined && { maxTokenLength }),
    }),
  ) as TokenizerJson;
  return json.model.type === 'BPE'
    ? learned
    : { ...learned, model: { ...json.model, vocab: learned.model.vocab } };
}

describe('trainTokenizer learns what Hugging Face learns, with random options, from texts full of ties:', () => {
  for (const kind of ['BPE', 'WordLevel'] as const) {
    test(`${kind}, the whole tokenizer.json`, () => {
      for (const example of cases[kind]) expect(written(learn(example))).toEqual(example.trained);
    });
  }

  for (const kind of ['BPE with affixes', 'WordPiece'] as const) {
    test(`${kind}, but for the order of characters with affixes`, () => {
      for (const example of cases[kind]) expect(learnWithNumbersOf(example)).toEqual(example.trained);
    });
  }
});
