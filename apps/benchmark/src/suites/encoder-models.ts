import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadTiktoken, sentencePieceToTokenizer, tiktokenEncodings } from '@wordloom/tokenizer';
import type { EncoderTask } from '../contestants/encoder.ts';

/** A tokenizer that is measured. */
export interface EncoderModel extends Pick<EncoderTask, 'encoding' | 'ranksPath' | 'jsonPath'> {
  readonly name: string;
}

const require = createRequire(import.meta.url);

/** OpenAI's encodings, with the ranks that the npm package tiktoken holds; BERT's WordPiece and T5's Unigram where `WORDLOOM_DATA` has them. */
export async function encoderModels(
  folder: string,
): Promise<{ models: readonly EncoderModel[]; notes: string[] }> {
  const models: EncoderModel[] = [];
  for (const encoding of ['r50k_base', 'cl100k_base', 'o200k_base'] as const) {
    const ranks = ranksFile(require(`tiktoken/encoders/${encoding}.json`).bpe_ranks);
    const ranksPath = join(folder, `${encoding}.tiktoken`);
    const jsonPath = join(folder, `${encoding}.json`);
    await writeFile(ranksPath, ranks);
    await writeFile(jsonPath, JSON.stringify(loadTiktoken(ranks, tiktokenEncodings[encoding])));
    models.push({ name: encoding, encoding, ranksPath, jsonPath });
  }
  const data = process.env.WORDLOOM_DATA ?? '';
  const notes: string[] = [];
  const bert = join(data, 'tok-bert/bert-base-uncased.tokenizer.json');
  const bertText = await readFile(bert, 'utf8').catch(() => undefined);
  if (bertText) models.push({ name: 'BERT', encoding: null, ranksPath: null, jsonPath: bert });
  const t5 = await readFile(join(data, 'tok-sentencepiece/t5.spiece.model')).catch(() => undefined);
  if (t5) {
    const jsonPath = join(folder, 't5.json');
    await writeFile(jsonPath, JSON.stringify(sentencePieceToTokenizer(t5)));
    models.push({ name: 'T5', encoding: null, ranksPath: null, jsonPath });
  }
  if (!bertText || !t5)
    notes.push('BERT and T5 skipped where WORDLOOM_DATA names no folder that holds them.');
  return { models, notes };
}

/** Ranks as tiktoken's files have them, of the form in which the npm package has them. */
function ranksFile(compact: string): string {
  const lines: string[] = [];
  for (const block of compact.split('\n')) {
    const [, first, ...tokens] = block.split(' ');
    for (const [index, token] of tokens.entries()) lines.push(`${token} ${Number(first) + index}`);
  }
  return lines.join('\n');
}
