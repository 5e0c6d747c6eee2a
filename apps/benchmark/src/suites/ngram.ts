import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CompactModel,
  CorpusIndex,
  decodeCompact,
  encodeCompact,
  type NgramModel,
  NgramVocabulary,
  SENTENCE_END,
  scoreText,
  trainNgramModel,
} from '@wordloom/lm-ngram';
import { type BenchmarkRecord, recordOfRounds, type Subject } from '../report/record.ts';
import { openInFreshPages } from './ngram-page.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext } from './suite.ts';

const NAME = 'ngram';
const ORDER = 5;
const MEBIBYTE = 2 ** 20;

interface NgramCase {
  readonly name: string;
  readonly training: readonly string[];
  readonly heldOut: readonly string[];
}

/** N-gram models on one thread: estimating, asking, storing; and the suffix array. */
export const ngram: Suite = {
  name: NAME,
  summary: `n-gram models of order ${ORDER}: estimating, queries, the compact file, and counting phrases by suffix array`,
  async run(context) {
    const { cases, notes } = await readCases();
    const records: BenchmarkRecord[] = [];
    for (const item of cases) {
      const measured = measureModel(item, context);
      records.push(...measured.records);
      context.progress(`${item.name}: opening in pages`);
      const pages = await openInFreshPages(measured.bytes, context.rounds ?? (context.quick ? 2 : 7));
      if (!pages) notes.push(`${item.name}: no pages, as there is no Chromium.`);
      for (const [kind, times] of Object.entries(pages ?? {})) {
        const metric = `open compact file in a fresh page, ${kind}`;
        const subject = { suite: NAME, case: item.name, metric, unit: 'ms' } as const;
        records.push(
          recordOfRounds(
            subject,
            times.map((time) => [time]),
          ),
        );
      }
      records.push(...measureIndex(item, context));
    }
    return { records, versions: {}, notes, failures: [] };
  },
};

async function readCases(): Promise<{ cases: NgramCase[]; notes: string[] }> {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const shakespeare = lines((await readShakespeare()).text);
  const border = Math.floor(shakespeare.length * 0.9);
  const cases = [
    { name: 'shakespeare', training: shakespeare.slice(0, border), heldOut: shakespeare.slice(border) },
  ];
  const folder = process.env.WORDLOOM_DATA;
  try {
    if (!folder) throw new Error();
    const [training, heldOut] = await Promise.all(
      ['train', 'valid'].map(async (part) =>
        lines(await readFile(join(folder, 'ptb', `ptb.${part}.txt`), 'utf8')),
      ),
    );
    cases.push({ name: 'ptb', training: training!, heldOut: heldOut! });
  } catch {
    return { cases, notes: ['ptb skipped: WORDLOOM_DATA must name a folder that holds its text.'] };
  }
  return { cases, notes: [] };
}

function measureModel(
  { name, training, heldOut }: NgramCase,
  { quick, rounds = quick ? 2 : 7, progress }: SuiteContext,
) {
  const split = (sentence: string) => sentence.split(' ');
  const times: Record<'estimate' | 'ids' | 'text' | 'open' | 'place' | 'placeIds', number[]> = {
    estimate: [],
    ids: [],
    text: [],
    open: [],
    place: [],
    placeIds: [],
  };
  let model!: NgramModel;
  let bytes!: Uint8Array;
  for (let round = 0; round < rounds; round++) {
    progress(`${name}: round ${round + 1} of ${rounds}`);
    times.estimate.push(seconds(() => (model = trainNgramModel(training.map(split), { order: ORDER }))));
    if (round === 0) bytes = encodeCompact(model);
    const ids = heldOut.map((sentence) => [...model.vocabulary.encode(split(sentence)), SENTENCE_END]);
    const count = ids.reduce((sum, sentence) => sum + sentence.length, 0);
    const state = model.sentenceStart;
    const ask = () => {
      for (const sentence of ids) model.scoreAll(sentence, { state });
    };
    const askText = () => {
      for (const sentence of heldOut) {
        model.scoreAll(model.vocabulary.encodeLine(sentence, { end: true }), { state });
      }
    };
    times.ids.push(count / secondsOfPass(ask));
    times.text.push(count / secondsOfPass(askText));
    times.open.push(1000 * seconds(() => decodeCompact(bytes)));
    let inPlace!: CompactModel;
    times.place.push(1000 * seconds(() => (inPlace = new CompactModel(bytes))));
    const askInPlace = () => {
      for (const sentence of ids) {
        let at = inPlace.sentenceStart;
        for (const word of sentence) at = inPlace.score(at, word).state;
      }
    };
    times.placeIds.push(count / secondsOfPass(askInPlace));
  }
  const { perplexity } = scoreText(model, heldOut.map(split));
  const compact = scoreText(decodeCompact(bytes), heldOut.map(split)).perplexity;
  const record = (metric: string, unit: Subject['unit'], samples: readonly number[], value?: number) =>
    recordOfRounds(
      {
        suite: NAME,
        case: name,
        metric,
        unit,
        ...(value && { quality: { name: 'perplexity', value, peerValue: null } }),
      },
      samples.map((sample) => [sample]),
    );
  const records = [
    record('estimate, text included', 's', times.estimate, perplexity),
    record('query from ids', 'tokens/s', times.ids),
    record('query from text', 'tokens/s', times.text),
    record('memory of the model without its words', 'MiB', [model.byteLength / MEBIBYTE]),
    record('compact file', 'MiB', [bytes.length / MEBIBYTE], compact),
    record('open compact file, unpack', 'ms', times.open),
    record('open compact file, in place', 'ms', times.place),
    record('query in place, from ids', 'tokens/s', times.placeIds),
  ];
  return { records, bytes };
}

const INDEX_WORDS = 10_000_000;
const PHRASES = 20_000;

/** The text, repeated until there are ten million words. */
function measureIndex({ name, training }: NgramCase, { quick, progress }: SuiteContext): BenchmarkRecord[] {
  progress(`${name}: suffix array`);
  const vocabulary = NgramVocabulary.of(training.flatMap((sentence) => sentence.split(' ')));
  const sentences = training.map((sentence) => vocabulary.encode(sentence.split(' ')));
  const texts: Int32Array[] = [];
  for (let words = 0, at = 0; words < (quick ? INDEX_WORDS / 10 : INDEX_WORDS); at++) {
    texts.push(sentences[at % sentences.length]!);
    words += texts[at]!.length;
  }
  let index!: CorpusIndex;
  const build = seconds(() => (index = CorpusIndex.build(texts)));
  const phrases = Array.from({ length: PHRASES }, (_, at) =>
    sentences[(at * 7919) % sentences.length]!.slice(0, 1 + (at % 6)),
  );
  const count = () => {
    for (const phrase of phrases) index.count(phrase);
  };
  count();
  const subject = (metric: string, unit: Subject['unit']) => ({ suite: NAME, case: name, metric, unit });
  return [
    recordOfRounds(subject(`suffix array of ${quick ? 1 : 10} M words`, 's'), [[build]]),
    recordOfRounds(subject('count a phrase', 'ns'), [[(1e9 * seconds(count)) / PHRASES]]),
  ];
}

const WARM_PASSES = 3;
const PASSES = 5;

/** The first passes find suffixes, and are interpreted in part. */
function secondsOfPass(work: () => void): number {
  for (let pass = 0; pass < WARM_PASSES; pass++) work();
  return (
    seconds(() => {
      for (let pass = 0; pass < PASSES; pass++) work();
    }) / PASSES
  );
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
