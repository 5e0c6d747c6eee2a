import type { Runtime } from '@wordloom/compile';
import type { TokenGenerator } from '@wordloom/nn-core';
import { createGenerator } from '@wordloom/transformer';
import type { TrainingSetup } from '../../src/prepare-training.ts';
import type { TrainingReport, WritingRequest } from './training-messages.ts';

/** Most characters of one text. */
const LENGTH = 240;

/** Writes with a model, one text at a time, and reports each character as it comes. */
export class Writer {
  readonly #tokenizer: TrainingSetup['tokenizer'];
  readonly #generator: TokenGenerator;
  readonly #report: (message: TrainingReport) => void;
  #current: { readonly abort: AbortController; readonly end: Promise<void> } | undefined;

  constructor(
    { tokenizer, model }: TrainingSetup,
    { runtime, report }: { readonly runtime: Runtime; readonly report: (message: TrainingReport) => void },
  ) {
    this.#tokenizer = tokenizer;
    this.#generator = createGenerator(model, { runtime });
    this.#report = report;
  }

  /**
   * Writes a text; one that is still being written ends first.
   *
   * @param step steps the model has been trained for
   * @throws {RangeError} if the prompt has a character that the training text lacks
   */
  async write(step: number, writing: WritingRequest, seed: number): Promise<void> {
    await this.stop();
    const abort = new AbortController();
    const end = this.#write(step, writing, seed, abort.signal);
    this.#current = { abort, end };
    await end;
  }

  /** Ends the text that is being written, if any. */
  async stop(): Promise<void> {
    this.#current?.abort.abort();
    await this.#current?.end.catch(() => {}); // whoever asked for that text hears of it
  }

  async #write(
    step: number,
    { prompt, temperature }: WritingRequest,
    seed: number,
    signal: AbortSignal,
  ): Promise<void> {
    const ids = prompt === '' ? this.#lineStart() : this.#tokenizer.encode(prompt);
    const decoder = this.#tokenizer.createTextDecoder();
    this.#report({ type: 'writing-start', step, prompt });
    try {
      for await (const id of this.#generator.generate(ids, {
        maxTokens: LENGTH,
        temperature,
        seed,
        signal,
      })) {
        this.#report({ type: 'writing-add', text: decoder.push(id) });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#report({ type: 'writing-end' });
    }
  }

  /** A model needs something to go on: the end of a line, or in a text of one line the first token. */
  #lineStart(): Int32Array {
    try {
      return this.#tokenizer.encode('\n');
    } catch {
      return Int32Array.of(0);
    }
  }
}
