import { browser } from './browser.ts';
import { chineseVectors } from './chinese-vectors.ts';
import { compileTime } from './compile-time.ts';
import { dropout } from './dropout.ts';
import { embeddings } from './embeddings.ts';
import { endurance } from './endurance.ts';
import { generateGpt } from './generate-gpt.ts';
import { ngram } from './ngram.ts';
import { ngramLarge } from './ngram-large.ts';
import { optimizerStep } from './optimizer-step.ts';
import { segmentation } from './segmentation.ts';
import { shakespeareChar } from './shakespeare-char.ts';
import type { Suite } from './suite.ts';
import { textClassification } from './text-classification.ts';
import { tokenizerEncode } from './tokenizer-encode.ts';
import { tokenizerTrain } from './tokenizer-train.ts';
import { trainGpt } from './train-gpt.ts';
import { trainGptJavaScript } from './train-gpt-javascript.ts';
import { trainLstm } from './train-lstm.ts';
import { vectorSearch } from './vector-search.ts';

/** Every suite, in the order they run. */
export const SUITES: readonly Suite[] = [
  trainGpt,
  trainGptJavaScript,
  trainLstm,
  optimizerStep,
  generateGpt,
  browser,
  compileTime,
  dropout,
  segmentation,
  ngram,
  tokenizerEncode,
  tokenizerTrain,
  vectorSearch,
  embeddings,
  chineseVectors,
  textClassification,
  shakespeareChar,
  endurance,
  ngramLarge,
];
