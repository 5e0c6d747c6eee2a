/** A loss of the watched set, and when it was measured. */
export interface WatchedLoss {
  readonly step: number;
  readonly loss: number;
}

/** A checkpoint that a run keeps. */
export interface KeptCheckpoint {
  readonly name: string;
  readonly step: number;
  /** Of the watched set, if it was evaluated at that step. */
  readonly loss: number | null;
}

/** What {@link TrainingProgress} remembers: plain values that JSON can hold. */
export interface TrainingProgressState {
  readonly skippedSteps: number;
  readonly skippedInARow: number;
  readonly batchCount: number | null;
  readonly evaluationDue: boolean;
  readonly best: WatchedLoss | null;
  readonly evaluationsSinceBest: number;
  readonly checkpoints: readonly KeptCheckpoint[];
  readonly schedule: unknown;
}

const INITIAL: TrainingProgressState = {
  skippedSteps: 0,
  skippedInARow: 0,
  batchCount: null,
  evaluationDue: false,
  best: null,
  evaluationsSinceBest: 0,
  checkpoints: [],
  schedule: null,
};

/**
 * Where a run is, apart from the weights and the optimizer's state: its place in the data, skipped steps, the best
 * evaluation, the checkpoints it keeps, and what its schedule remembers. {@link train} keeps it up to date; saved with a
 * checkpoint, it lets a run with any of these go on exactly.
 *
 * @example
 * const progress = new TrainingProgress();
 * for await (const event of train(model, data, { steps, optimizer, progress, earlyStopping: { patience: 3 }, evaluation })) { … }
 * await saveTrainingState(path, model, optimizer, { progress: JSON.stringify(progress.state()) });
 * // later
 * const { progress: state } = await loadTrainingState(path, model, optimizer);
 * progress.loadState(JSON.parse(state!));
 */
export class TrainingProgress {
  #state: TrainingProgressState = INITIAL;

  /** The lowest loss of the watched set so far, by at least the required improvement; undefined before the first. */
  get best(): WatchedLoss | undefined {
    return this.#state.best ?? undefined;
  }

  /** Checkpoints that are kept, oldest first. */
  get checkpoints(): readonly KeptCheckpoint[] {
    return this.#state.checkpoints;
  }

  /** What must be saved. */
  state(): TrainingProgressState {
    return this.#state;
  }

  /**
   * Takes over what {@link state} gave.
   *
   * @throws {RangeError} if it is not such a state; nothing is loaded then
   */
  loadState(state: TrainingProgressState): void {
    requireState(state);
    this.#state = { ...INITIAL, ...state };
  }

  /** Changes what is remembered; for {@link train}, and for training loops of your own. */
  update(changes: Partial<TrainingProgressState>): void {
    this.#state = { ...this.#state, ...changes };
  }

  /**
   * Takes note of a loss of the watched set.
   *
   * @param minimumImprovement by how much it must be lower than the best to count as better
   */
  observe({ step, loss }: WatchedLoss, minimumImprovement = 0): void {
    const { best, evaluationsSinceBest } = this.#state;
    const improved = Number.isFinite(loss) && (best === null || loss < best.loss - minimumImprovement);
    this.update(
      improved
        ? { best: { step, loss }, evaluationsSinceBest: 0 }
        : { evaluationsSinceBest: evaluationsSinceBest + 1 },
    );
  }
}

/** It comes from a file: every field is looked at. */
function requireState(state: TrainingProgressState): void {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const isLoss = (value: unknown): boolean => typeof value === 'number';
  const isNamed = ({ name, step, loss }: KeptCheckpoint): boolean =>
    typeof name === 'string' && isCount(step) && (loss === null || isLoss(loss));
  const valid =
    typeof state === 'object' &&
    state !== null &&
    isCount(state.skippedSteps) &&
    isCount(state.skippedInARow) &&
    (state.batchCount === null || isCount(state.batchCount)) &&
    typeof state.evaluationDue === 'boolean' &&
    (state.best === null || (isCount(state.best?.step) && isLoss(state.best.loss))) &&
    isCount(state.evaluationsSinceBest) &&
    Array.isArray(state.checkpoints) &&
    state.checkpoints.every(
      (entry: unknown) => typeof entry === 'object' && entry !== null && isNamed(entry as KeptCheckpoint),
    );
  if (valid) return;
  throw new RangeError(
    `TrainingProgress.loadState: state must be what state() gave, got ${JSON.stringify(state)?.slice(0, 200)}.`,
  );
}
