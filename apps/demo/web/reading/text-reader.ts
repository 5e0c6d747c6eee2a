import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { corpora } from '../../src/corpora.ts';
import type { Settings } from '../settings.ts';
import type { Baseline, ReadingReport } from './reading-report.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Pause in typing, in milliseconds, after which the text is counted again. */
const TYPING_PAUSE = 400;

/** The text on the page and what counting says about it. */
export class TextReader {
  readonly #source = signal<Settings['text']>('own');
  readonly #text = signal('');
  readonly #loading = signal(false);
  readonly #failed = signal(false);
  readonly #vocabulary = signal<Vocabulary | undefined>(undefined);
  readonly #baselines = signal<readonly Baseline[]>([]);
  #ownText = '';
  #worker: Worker | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly source: ReadonlySignal<Settings['text']> = this.#source;
  readonly text: ReadonlySignal<string> = this.#text;
  readonly loading: ReadonlySignal<boolean> = this.#loading;
  /** Whether the chosen text could not be loaded. */
  readonly failed: ReadonlySignal<boolean> = this.#failed;
  /** Of the text as it was last counted; absent where there is none. */
  readonly vocabulary: ReadonlySignal<Vocabulary | undefined> = this.#vocabulary;
  readonly baselines: ReadonlySignal<readonly Baseline[]> = this.#baselines;

  /** Turns to a bundled text, or back to the reader's own. */
  async choose(source: Settings['text']): Promise<void> {
    batch(() => {
      this.#source.value = source;
      this.#failed.value = false;
      this.#loading.value = source !== 'own';
      this.#read(source === 'own' ? this.#ownText : '');
    });
    if (source === 'own') return;
    let text = '';
    try {
      const response = await fetch(corpora[source].url);
      if (response.ok) text = await response.text();
    } catch {
      // Offline: the empty text says so.
    }
    if (this.#source.value !== source) return; // another was chosen meanwhile
    batch(() => {
      this.#loading.value = false;
      this.#failed.value = text === '';
      this.#read(text);
    });
  }

  /** Takes what was typed; a bundled text that is edited becomes the reader's own. */
  edit(text: string): void {
    this.#ownText = text;
    batch(() => {
      this.#source.value = 'own';
      this.#failed.value = false;
      this.#text.value = text;
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#count(text), TYPING_PAUSE);
  }

  #read(text: string): void {
    clearTimeout(this.#timer);
    this.#text.value = text;
    this.#count(text);
  }

  #count(text: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#baselines.value = [];
    if (text === '') {
      this.#vocabulary.value = undefined;
      return;
    }
    const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<ReadingReport>) => {
      if (data.type === 'vocabulary-end') this.#vocabulary.value = data.vocabulary;
      else {
        this.#baselines.value = data.baselines;
        worker.terminate();
      }
    });
    worker.postMessage(text);
  }
}
