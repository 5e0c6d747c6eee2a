/** Share of the newest value in an average that has been going for a while. */
const NEWEST = 0.1;

/** How fast steps are taken, and evaluations made; recent ones count most. */
export class Pace {
  readonly #milliseconds = new Average();
  readonly #tokens = new Average();
  readonly #evaluation = new Average();

  /** Takes note of a step. */
  add(tokens: number, milliseconds: number): void {
    this.#tokens.add(tokens);
    this.#milliseconds.add(milliseconds);
  }

  /** Takes note of an evaluation of all sets. */
  addEvaluation(milliseconds: number): void {
    this.#evaluation.add(milliseconds);
  }

  /** How long some steps and evaluations will take. */
  millisecondsFor(steps: number, evaluations: number): number {
    return steps * this.#milliseconds.value + evaluations * this.#evaluation.value;
  }

  get tokensPerSecond(): number {
    const { value } = this.#milliseconds;
    return value > 0 ? (1000 * this.#tokens.value) / value : 0;
  }
}

/** A mean that forgets. The first value, of a step that also sets things up, stands only until there is a second. */
class Average {
  #count = 0;
  value = 0;

  add(value: number): void {
    const weight = Math.max(NEWEST, 1 / Math.max(1, this.#count++));
    this.value += weight * (value - this.value);
  }
}
