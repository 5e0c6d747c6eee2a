import { readFile } from 'node:fs/promises';
import {
  ByteLevelDecoder,
  ByteLevelPreTokenizer,
  type BytePairModelJson,
  MetaspacePreTokenizer,
  type TrainTokenizerOptions,
  trainTokenizer,
} from '@wordloom/tokenizer';
import type { TrainerReport } from './trainer.ts';

// Our side of the suite `tokenizer-train` in a process of its own: reads a file, learns a tokenizer from its lines, reports.
const [side, path, size] = process.argv.slice(2) as [string, string, string];
const lines = (await readFile(path, 'utf8')).split(/(?<=\n)/);
const vocabSize = Number(size);
const options: TrainTokenizerOptions =
  side === 'wordloom-bpe'
    ? {
        model: 'bpe',
        vocabSize,
        minFrequency: 2,
        preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
        decoder: new ByteLevelDecoder(),
      }
    : { model: 'unigram', vocabSize, preTokenizer: new MetaspacePreTokenizer() };
const start = performance.now();
const tokenizer = trainTokenizer(lines, options);
const seconds = (performance.now() - start) / 1000;
const { model } = tokenizer.toJSON();
const report: TrainerReport = {
  seconds,
  peakMebibytes: process.resourceUsage().maxRSS / 1024,
  merges: model.type === 'BPE' ? (model as BytePairModelJson).merges.map((merge) => merge.join(' ')) : [],
};
process.stdout.write(JSON.stringify(report));
