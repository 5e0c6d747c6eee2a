import {
  CorpusIndex,
  decodeCompact,
  encodeCompact,
  generateWords,
  scoreText,
  trainNgramModel,
} from '../../src/index.ts';

/** What a worker is asked. */
export interface ModelTask {
  readonly sentences: readonly string[];
  readonly heldOut: readonly string[];
}

/** What it answers. */
export interface ModelAnswer {
  readonly perplexity: number;
  readonly compactLength: number;
  readonly compactPerplexity: number;
  readonly sentence: string;
  readonly phraseCount: number;
}

/** Trains, stores, opens, asks and searches, all from a task. */
export function answer({ sentences, heldOut }: ModelTask): ModelAnswer {
  const split = (lines: readonly string[]) => lines.map((line) => line.split(' '));
  const model = trainNgramModel(split(sentences), { order: 3 });
  const compact = encodeCompact(model);
  const texts = split(sentences).map((words) => model.vocabulary.encode(words));
  return {
    perplexity: scoreText(model, split(heldOut)).perplexity,
    compactLength: compact.length,
    compactPerplexity: scoreText(decodeCompact(compact), split(heldOut)).perplexity,
    sentence: [...generateWords(model, { seed: 5 })].join(' '),
    phraseCount: CorpusIndex.build(texts).count(texts[0]!.subarray(0, 2)),
  };
}

if (typeof WorkerGlobalScope !== 'undefined') {
  self.addEventListener('message', ({ data }: MessageEvent<ModelTask>) => self.postMessage(answer(data)));
}
