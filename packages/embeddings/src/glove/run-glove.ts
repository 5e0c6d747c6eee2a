import type { Cooccurrences } from './cooccurrences.ts';
import { countScale } from './count-scale.ts';
import type { GloveProgress, GloveTrainingEvent } from './glove-events.ts';
import { GloveMemory } from './glove-memory.ts';
import { GloveModel, gloveVectors } from './glove-model.ts';
import type { GloveRun } from './glove-options.ts';
import { startGloveThreads } from './glove-threads.ts';
import { PairOrder } from './pair-order.ts';

/** Trains a model from its position to the end. */
export async function* runGlove(
  start: GloveModel,
  cooccurrences: Cooccurrences,
  run: GloveRun,
  caller: string,
): AsyncGenerator<GloveTrainingEvent, void, void> {
  const { workers = 1, signal, progressInterval = 500 } = run;
  const { vocabulary, settings, counting } = start;
  const { window, distanceWeighting, symmetric, seed } = counting;
  const memory = new GloveMemory({
    ...settings,
    caller,
    words: vocabulary.words.length,
    threads: workers,
    isSymmetric: symmetric,
    scale: countScale(window, distanceWeighting).scale,
    biasRate: settings.learningRate,
    keys: new PairOrder(seed).keys,
  });
  memory.write(start);
  const position = { ...start.position };
  const { totalPairs } = position;
  const pairsAtStart = position.pairs;
  const threads = await startGloveThreads(memory, workers, caller);
  const startTime = performance.now();
  const tally = { update: new LossTally(), epoch: new LossTally() };
  const epoch = (): number => Math.min(position.epoch + 1, settings.epochs);
  const progress = (loss: LossTally): GloveProgress => ({
    epoch: epoch(),
    pairs: position.pairs,
    totalPairs,
    pairsPerSecond: ((position.pairs - pairsAtStart) / (performance.now() - startTime)) * 1000,
    loss: loss.take(),
    learningRate: settings.learningRate,
  });
  const model = (): GloveModel =>
    new GloveModel({ vocabulary, settings, counting, position: { ...position }, ...memory.read() });
  const evaluation = async (): Promise<GloveTrainingEvent> => {
    const [evaluated, pairs] = [epoch(), position.pairs];
    const vectors = gloveVectors(vocabulary, memory.readTable(), settings.size, settings.vectors);
    return { type: 'evaluation-end', epoch: evaluated, pairs, result: await run.evaluate!(vectors) };
  };
  try {
    yield { type: 'training-start', vocabulary, totalPairs, workers };
    let updateTime = startTime;
    let nextEvaluation = nextMultiple(position.pairs, run.evaluateEvery);
    let nextCheckpoint = nextMultiple(position.pairs, run.checkpointEvery);
    while (position.epoch < settings.epochs) {
      let block = 0;
      const skipped = position.blocksOfEpoch;
      for await (const records of cooccurrences.blocks()) {
        if (block++ < skipped) continue;
        if (signal?.aborted) break;
        const pairs = await threads.train(records, (loss) => {
          tally.update.add(loss);
          tally.epoch.add(loss);
        });
        tally.update.pairs += pairs;
        tally.epoch.pairs += pairs;
        position.blocksOfEpoch++;
        position.pairs += pairs;
        const now = performance.now();
        if (now - updateTime >= progressInterval) {
          updateTime = now;
          await threads.drain();
          requireFinite(tally.epoch, settings.learningRate, caller);
          yield { type: 'progress-update', ...progress(tally.update) };
        }
        if (run.evaluate && position.pairs >= nextEvaluation) {
          nextEvaluation = nextMultiple(position.pairs, run.evaluateEvery);
          await threads.drain();
          yield await evaluation();
        }
        if (position.pairs >= nextCheckpoint) {
          nextCheckpoint = nextMultiple(position.pairs, run.checkpointEvery);
          await threads.drain();
          yield { type: 'checkpoint-end', model: model() };
        }
      }
      await threads.drain();
      requireFinite(tally.epoch, settings.learningRate, caller);
      if (signal?.aborted) {
        yield { type: 'training-end', reason: 'aborted', model: model() };
        return;
      }
      const ended = progress(tally.epoch);
      const score = run.evaluate ? await evaluation() : undefined;
      position.epoch++;
      position.blocksOfEpoch = 0;
      yield { type: 'epoch-end', ...ended };
      if (score) yield score;
    }
    yield { type: 'training-end', reason: 'finished', model: model() };
  } finally {
    threads.close();
  }
}

/** Losses since they were last taken. */
class LossTally {
  loss = 0;
  pairs = 0;

  add(loss: number): void {
    this.loss += loss;
  }

  /** Their mean. */
  take(): number {
    const mean = this.loss / this.pairs;
    this.loss = 0;
    this.pairs = 0;
    return mean;
  }
}

function nextMultiple(pairs: number, every: number | undefined): number {
  return every === undefined ? Number.POSITIVE_INFINITY : (Math.floor(pairs / every) + 1) * every;
}

function requireFinite({ loss }: LossTally, learningRate: number, caller: string): void {
  if (Number.isFinite(loss)) return;
  throw new RangeError(
    `${caller}: the loss must stay finite, got ${loss}. Lower learningRate = ${learningRate}.`,
  );
}
