/** Says when work has gone on long enough without letting the event loop run. */
export class Pause {
  #last = performance.now();

  isDue(): boolean {
    return performance.now() - this.#last >= INTERVAL;
  }

  async take(): Promise<void> {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
  }
}

/** In milliseconds; long enough to cost little, short enough to feel alive. */
const INTERVAL = 50;
