/** Milliseconds of training, without its pauses; whoever trains waits at the gate. */
export class TrainingClock {
  #elapsed = 0;
  #startedAt: number | undefined;
  #gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  get elapsed(): number {
    return this.#elapsed + (this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt);
  }

  start(): void {
    this.#startedAt ??= performance.now();
  }

  /** Stops the time and closes the gate. */
  pause(): void {
    if (this.#gate) return;
    this.#elapsed = this.elapsed;
    this.#startedAt = undefined;
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { opened, open };
  }

  /** Opens the gate; the time goes on. */
  resume(): void {
    if (!this.#gate) return;
    this.start();
    this.#gate.open();
    this.#gate = undefined;
  }

  /** Resolves at once, except in a pause: then at its end. */
  async gate(): Promise<void> {
    await this.#gate?.opened;
  }
}
