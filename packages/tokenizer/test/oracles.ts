import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Tiktoken } from 'tiktoken';
import huggingFaceTokenizers from 'tokenizers';
import { expect } from 'vitest';
import { createByteAlphabet, tokenBytes } from '../src/byte-pair/byte-alphabet.ts';
import type { Tokenizer } from '../src/index.ts';

/** What Hugging Face's own implementation makes of the tokenizer.json we write, or of the text of any other. */
export function huggingFace(tokenizer: Tokenizer | string): {
  encode: (text: string) => Promise<number[]>;
  decode: (ids: ArrayLike<number>, skipSpecialTokens?: boolean) => Promise<string>;
} {
  const json = typeof tokenizer === 'string' ? tokenizer : JSON.stringify(tokenizer);
  const peer = huggingFaceTokenizers.Tokenizer.fromString(json);
  return {
    encode: async (text) => (await peer.encode(text)).getIds(),
    decode: (ids, skipSpecialTokens = false) => peer.decode(Array.from(ids), skipSpecialTokens),
  };
}

/** The same tokenizer on tiktoken, whose ranks are the ids of a trained tokenizer. */
export function tiktoken(tokenizer: Tokenizer): (text: string) => Uint32Array {
  const { model } = tokenizer.toJSON();
  const alphabet = createByteAlphabet();
  const first = tokenizer.specialTokens.size;
  const tokens = Object.entries(model.vocab)
    .sort(([, a], [, b]) => a - b)
    .slice(first)
    .map(([token]) => Buffer.from(tokenBytes(token, alphabet)).toString('base64'));
  const peer = new Tiktoken(
    `! ${first} ${tokens.join(' ')}`,
    Object.fromEntries(tokenizer.specialTokens),
    GPT2_PATTERN,
  );
  return (text) => peer.encode(text, 'all');
}

const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export interface HuggingFaceTraining {
  readonly documents: string[];
  readonly vocabSize: number;
  readonly minFrequency: number;
  readonly specialTokens: string[];
  /** Tokens from id 256 on. */
  readonly vocabTail: string[];
  readonly merges: [string, string][];
}

/** Made by fixtures/hugging-face.py. */
export const fixture: {
  readonly article1: HuggingFaceTraining;
  readonly encodings: { text: string; ids: number[] }[];
  readonly decodings: { ids: number[]; text: string; textWithoutSpecial: string }[];
  readonly randomTrainings: HuggingFaceTraining[];
} = JSON.parse(readFileSync(new URL('../fixtures/hugging-face.json', import.meta.url), 'utf8'));

/** `toEqual` of ids, many times faster where they are equal. */
export function expectSameIds(ours: Int32Array, theirs: Int32Array): void {
  if (Buffer.compare(bytesOf(ours), bytesOf(theirs)) !== 0) expect(ours).toEqual(theirs);
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const dataFolder =
  process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** A file of the development data, or undefined where that folder is absent; tests that need it are skipped then. */
export function dataPath(name: string): string | undefined {
  const path = `${dataFolder}/${name}`;
  return existsSync(path) ? path : undefined;
}
