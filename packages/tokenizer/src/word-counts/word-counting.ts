import type { ChunkCounter, ChunkReply } from './chunk-counter.ts';
import {
  advance,
  type CountingProgress,
  newRunName,
  type ProgressStep,
  type StoredRun,
  saveProgress,
} from './counting-progress.ts';
import { MERGED_AT_ONCE, mergeStoredRuns } from './merge-stored-runs.ts';
import { Pause } from './pause.ts';
import type { PlacedChunk } from './read-chunks.ts';
import type { RunStorage } from './run-storage.ts';

/** How far a count is. */
export interface CountingState {
  /** Bytes of the sources that are counted; 0 for strings. */
  readonly byteCount: number;
  /** UTF-16 code units. */
  readonly characterCount: number;
  /** Words, each as often as it occurs. */
  readonly wordCount: number;
  /** Distinct words in memory; each of several workers has its own. */
  readonly distinctWordCount: number;
  /** Sorted runs of words in the storage, and the bytes they take. */
  readonly runCount: number;
  readonly runByteCount: number;
}

/** What {@link WordCounting} needs. */
export interface WordCountingOptions {
  readonly chunks: AsyncIterator<PlacedChunk, void>;
  readonly counters: readonly ChunkCounter[];
  readonly storage: RunStorage;
  readonly progress: CountingProgress;
  /** Whether the progress is kept in the storage. */
  readonly isResumable: boolean;
  /** Bytes or characters that a counter takes in at most between two runs that it writes. */
  readonly runInterval: number;
}

/**
 * One count on its way: counters take chunks until there are no more, and write a run whenever their table is nearly full. With
 * each run the progress is replaced, so what is on disk is at all times a whole: runs, and the chunks they hold the words of.
 */
export class WordCounting {
  readonly #options: WordCountingOptions;
  #progress: CountingProgress;
  /** What was counted since the progress, of all counters. */
  readonly #held: HeldChunks[];
  #isStopped = false;
  /** Saves follow each other. */
  #saving: Promise<void> = Promise.resolve();

  constructor(options: WordCountingOptions) {
    this.#options = options;
    this.#progress = options.progress;
    this.#held = options.counters.map(() => new HeldChunks());
  }

  get progress(): CountingProgress {
    return this.#progress;
  }

  get state(): CountingState {
    const { byteCount, characterCount, wordCount, runs } = this.#progress;
    const held = this.#held;
    const pending = held.flatMap((chunks) => chunks.runs);
    const sum = (of: (chunks: HeldChunks) => number): number =>
      held.reduce((total, chunks) => total + of(chunks), 0);
    return {
      byteCount: byteCount + sum((chunks) => chunks.byteCount),
      characterCount: characterCount + sum((chunks) => chunks.characterCount),
      wordCount: wordCount + sum((chunks) => chunks.wordCount),
      distinctWordCount: sum((chunks) => chunks.distinctWordCount),
      runCount: runs.length + pending.length,
      runByteCount: [...runs, ...pending].reduce((total, { byteLength }) => total + byteLength, 0),
    };
  }

  /** Ends counting after the chunks at hand. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Counts until there are no more chunks, or `stop` is called.
   *
   * @param keepsLast whether what is in the tables at the end is written, too
   */
  async count(keepsLast: () => boolean): Promise<void> {
    const drives = this.#options.counters.map((counter, index) =>
      this.#drive(counter, this.#held[index]!, keepsLast),
    );
    try {
      await Promise.all(drives);
    } finally {
      this.stop();
      await Promise.allSettled(drives);
    }
  }

  /** Merges runs into one, which the progress then has as its words; yields how many words the pass has merged. */
  async *merge(): AsyncGenerator<number, void> {
    const { storage } = this.#options;
    while (this.#progress.runs.length > MERGED_AT_ONCE) {
      const merged = this.#progress.runs.slice(0, MERGED_AT_ONCE);
      const { name, byteLength } = yield* mergeStoredRuns(storage, merged);
      const runs = [...this.#progress.runs.slice(MERGED_AT_ONCE), { name, byteLength }];
      await this.#replace({ ...this.#progress, runs }, merged);
    }
    const { runs, wordCount } = this.#progress;
    const words = yield* mergeStoredRuns(storage, runs);
    if (words.wordCount !== wordCount) {
      await storage.remove(words.name);
      throw new Error(
        `countWords: the runs must hold ${wordCount} words, as they were written, got ${words.wordCount}. ` +
          'Count again in another directory.',
      );
    }
    await this.#replace({ ...this.#progress, runs: [], words }, runs);
  }

  async #drive(counter: ChunkCounter, held: HeldChunks, keepsLast: () => boolean): Promise<void> {
    const pause = new Pause();
    while (!this.#isStopped) {
      if (pause.isDue()) await pause.take();
      const { done, value: placed } = await this.#options.chunks.next();
      if (done) break;
      let reply = await counter.count(placed.chunk);
      held.add(placed, reply);
      while (!reply.isComplete) {
        held.runs.push(await this.#writeRun(counter));
        reply = await counter.count(undefined);
        held.addReply(reply);
      }
      if (
        reply.fullness > NEARLY_FULL ||
        held.runs.length > 0 ||
        held.interval >= this.#options.runInterval
      ) {
        await this.#commit(counter, held);
      }
    }
    if (keepsLast() && held.chunks.length > 0) await this.#commit(counter, held);
  }

  /** Writes what is in the table as a run, and makes it and the chunks it is of a part of the progress. */
  async #commit(counter: ChunkCounter, held: HeldChunks): Promise<void> {
    held.runs.push(await this.#writeRun(counter));
    this.#progress = advance(this.#progress, held);
    held.clear();
    await this.#save();
  }

  async #writeRun(counter: ChunkCounter): Promise<StoredRun> {
    const name = newRunName();
    const file = await this.#options.storage.create(name);
    let byteLength = 0;
    try {
      for (let block = await counter.readBlock(); block; block = await counter.readBlock()) {
        file.write(block);
        byteLength += block.length;
      }
      await file.close();
    } catch (error) {
      await file.discard();
      throw error;
    }
    return { name, byteLength };
  }

  async #replace(progress: CountingProgress, removed: readonly StoredRun[]): Promise<void> {
    this.#progress = progress;
    await this.#save();
    for (const { name } of removed) await this.#options.storage.remove(name);
  }

  #save(): Promise<void> {
    if (!this.#options.isResumable) return Promise.resolve();
    this.#saving = this.#saving.then(() => saveProgress(this.#options.storage, this.#progress));
    return this.#saving;
  }
}

/** Chunks that a counter has counted, but that are not part of the progress yet. */
class HeldChunks implements ProgressStep {
  chunks: Pick<PlacedChunk, 'source' | 'range'>[] = [];
  runs: StoredRun[] = [];
  byteCount = 0;
  characterCount = 0;
  wordCount = 0;
  distinctWordCount = 0;

  /** How much text they are. */
  get interval(): number {
    return Math.max(this.byteCount, this.characterCount);
  }

  add({ chunk, source, range }: PlacedChunk, reply: ChunkReply): void {
    this.chunks.push({ source, range });
    if ('bytes' in chunk) this.byteCount += range[1] - range[0];
    this.addReply(reply);
  }

  addReply({ characterCount, wordCount, distinctWordCount }: ChunkReply): void {
    this.characterCount += characterCount;
    this.wordCount += wordCount;
    this.distinctWordCount = distinctWordCount;
  }

  clear(): void {
    this.chunks = [];
    this.runs = [];
    this.byteCount = 0;
    this.characterCount = 0;
    this.wordCount = 0;
    this.distinctWordCount = 0;
  }
}

/** Full enough for a run at the end of a chunk; so that it hardly ever becomes quite full in the middle of one. */
const NEARLY_FULL = 0.85;
