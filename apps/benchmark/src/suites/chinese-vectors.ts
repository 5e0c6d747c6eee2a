import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readChineseData } from '@wordloom/chinese-dictionary/node';
import {
  evaluateWordPairs,
  parseWordPairs,
  rankOf,
  trainWordVectors,
  type WordVectors,
  wordSimilarity,
} from '@wordloom/embeddings';
import { loadChineseSegmenter } from '@wordloom/tokenizer/chinese';
import { type BenchmarkRecord, recordOfRounds, type Subject } from '../report/record.ts';
import type { Suite } from './suite.ts';

const NAME = 'chinese-vectors';
const EMPEROR = '皇帝';
const MAN = '男人';
/** Stone, cell, football, train, temperature, software: nothing to do with an emperor. */
const UNRELATED = ['石头', '细胞', '足球', '火车', '温度', '软件'];

/** Vectors of words of a small Chinese corpus: whether they mean something. */
export const chineseVectors: Suite = {
  name: NAME,
  summary: `vectors of Chinese words, learned from Wikipedia and Tang poems: whether ${MAN} is nearer to ${EMPEROR} than what is unrelated; WordSim-240`,
  onRequest: true,
  async run({ quick, rounds = quick ? 1 : 3, threads, progress }) {
    const folder = process.env.WORDLOOM_DATA;
    if (!folder) {
      const notes = ['Skipped: WORDLOOM_DATA must name a folder that holds the texts.'];
      return { records: [], versions: {}, notes, failures: [] };
    }
    const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
    progress('cutting the texts into words');
    const sentences = await readSentences(
      `${await read('cmrc2018/zhwiki-contexts.txt')}\n${await read('chinese-poetry/poems.txt')}`,
    );
    const pairs = parseWordPairs(await read('word-similarity-zh/240.txt'));
    const correlations: number[][] = [];
    const farther: number[][] = [];
    const notes: string[] = [];
    const failures: string[] = [];
    for (let seed = 1; seed <= rounds; seed++) {
      progress(`training ${seed} of ${rounds}`);
      const vectors = await train(sentences, seed, threads);
      const { spearman, pairs: counted } = evaluateWordPairs(vectors, pairs);
      correlations.push([100 * spearman]);
      farther.push([100 * (1 - rankOf(vectors, EMPEROR, MAN) / vectors.words.length)]);
      const cosines = UNRELATED.map((word) => wordSimilarity(vectors, EMPEROR, word));
      const related = wordSimilarity(vectors, EMPEROR, MAN);
      const shown = UNRELATED.map((word, at) => `${word} ${cosines[at]!.toFixed(2)}`).join(', ');
      notes.push(
        `Seed ${seed}: ${vectors.words.length} words, ${counted} of 240 pairs; ${EMPEROR} and ${MAN} ${related.toFixed(2)}; ${shown}.`,
      );
      if (cosines.some((cosine) => cosine >= related)) {
        failures.push(`Seed ${seed}: an unrelated word is nearer to ${EMPEROR} than ${MAN} is.`);
      }
    }
    const subject = (metric: string): Subject => ({
      suite: NAME,
      case: 'Wikipedia and poems',
      metric,
      unit: '%',
    });
    const records: BenchmarkRecord[] = [
      recordOfRounds(subject('WordSim-240, Spearman'), correlations),
      recordOfRounds(subject(`words farther from ${EMPEROR} than ${MAN}`), farther),
    ];
    return { records, versions: {}, notes, failures };
  },
};

/** Words of sentences, without punctuation. */
async function readSentences(text: string): Promise<string[][]> {
  const segmenter = loadChineseSegmenter(await readChineseData());
  return text
    .split(/(?<=[。！？；])|\n/)
    .map((sentence) => segmenter.segment(sentence).filter((word) => /[\p{Letter}\p{Number}]/u.test(word)))
    .filter(({ length }) => length > 1);
}

async function train(sentences: readonly string[][], seed: number, workers: number): Promise<WordVectors> {
  const options = { size: 100, window: 10, minCount: 3, sample: 1e-4, epochs: 20, seed, workers };
  for await (const event of trainWordVectors(sentences, options)) {
    if (event.type === 'training-end') return event.model.vectors;
  }
  throw new Error('Training must end.');
}
