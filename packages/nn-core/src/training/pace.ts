/** Share of the newest step in the averages. */
const NEWEST = 0.1;

/** How fast steps are taken; recent ones count most. */
export class Pace {
  #milliseconds: number | undefined;
  #tokens: number | undefined;

  /** Takes note of a step. */
  add(tokens: number, milliseconds: number): void {
    this.#tokens = mixed(this.#tokens, tokens);
    this.#milliseconds = mixed(this.#milliseconds, milliseconds);
  }

  get millisecondsPerStep(): number {
    return this.#milliseconds ?? 0;
  }

  get tokensPerSecond(): number {
    return this.#milliseconds ? (1000 * this.#tokens!) / this.#milliseconds : 0;
  }
}

function mixed(average: number | undefined, value: number): number {
  return average === undefined ? value : average + NEWEST * (value - average);
}
