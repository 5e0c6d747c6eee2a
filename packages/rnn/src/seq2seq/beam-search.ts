/** What a step of a decoder gives for some rows. */
export interface BeamStep<State> {
  /** `[rows, vocabSize]`: logarithms of the next word's probabilities. */
  readonly logProbabilities: Float32Array;
  /** `[rows, source]`: how much each word of the source counted, where hypotheses are to have it. */
  readonly attention?: Float32Array | undefined;
  readonly state: State;
}

/** A decoder as beam search sees it. */
export interface BeamDecoder<State> {
  readonly vocabSize: number;
  /** @param ids the word that each row reads */
  step(ids: Int32Array, state: State): Promise<BeamStep<State>>;
  /** The state with row `rows[i]` at i. */
  select(state: State, rows: Int32Array): State;
}

/** Options of {@link beamSearch}. */
export interface BeamSearchOptions {
  readonly startId: number;
  readonly endId: number;
  /** Words of a hypothesis at most, its end not counted. */
  readonly maxLength: number;
  /** Hypotheses that are kept for each sentence. */
  readonly beamSize: number;
  /** α of the length penalty ((5 + length) / 6)^α, by which a logarithm of a probability is divided; 0 for none. */
  readonly lengthPenalty: number;
  readonly signal?: AbortSignal | undefined;
}

/** A sequence that a decoder may have meant. */
export interface Hypothesis {
  /** Without start and end. */
  readonly ids: number[];
  /** Logarithm of its probability, its end included. */
  readonly logProbability: number;
  /** {@link logProbability} divided by the length penalty: what hypotheses are ordered by. */
  readonly score: number;
  /** Where it was asked for: for each word, and for the end if it was reached, how much each word of the source counted. */
  readonly attention?: readonly Float32Array[];
}

/** A hypothesis that goes on. */
interface Open {
  readonly ids: readonly number[];
  readonly logProbability: number;
  readonly attention?: readonly Float32Array[] | undefined;
}

/**
 * The likeliest sequences of some sentences, by keeping the best beginnings. Where a beam of one is kept, that is the likeliest word at each step.
 *
 * A sentence is done when as many hypotheses as its beam holds have ended and no open one can become better. Those that are open at `maxLength` end there.
 *
 * @param first the state of each sentence, `beamSize` rows for each
 * @returns for each sentence at most `beamSize` hypotheses, the best first
 * @see Wu et al. 2016, "Google's neural machine translation system", §7 (length penalty)
 */
export async function beamSearch<State>(
  decoder: BeamDecoder<State>,
  first: State,
  sentences: number,
  { startId, endId, maxLength, beamSize, lengthPenalty, signal }: BeamSearchOptions,
): Promise<Hypothesis[][]> {
  const { vocabSize } = decoder;
  const penalty = (length: number): number => ((5 + length) / 6) ** lengthPenalty;
  const ended = ({ ids, logProbability, attention }: Open): Hypothesis => ({
    ids: [...ids],
    logProbability,
    score: logProbability / penalty(ids.length + 1),
    ...(attention && { attention }),
  });
  const done: Hypothesis[][] = Array.from({ length: sentences }, () => []);
  let open: Open[][] = Array.from({ length: sentences }, () => [{ ids: [], logProbability: 0 }]);
  let state = first;
  let ids = new Int32Array(sentences * beamSize).fill(startId);
  for (let length = 0; length <= maxLength && open.some((beam) => beam.length > 0); length++) {
    signal?.throwIfAborted();
    const { logProbabilities, attention, state: after } = await decoder.step(ids, state);
    const sourceLength = attention ? attention.length / ids.length : 0;
    const rows = Int32Array.from(ids.keys());
    const words = new Int32Array(ids.length).fill(endId);
    open = open.map((beam, sentence) => {
      const candidates = beam.flatMap(({ logProbability }, place) => {
        const row = sentence * beamSize + place;
        return best(logProbabilities.subarray(row * vocabSize, (row + 1) * vocabSize), beamSize + 1).map(
          (word) => ({
            place,
            word,
            logProbability: logProbability + logProbabilities[row * vocabSize + word]!,
          }),
        );
      });
      candidates.sort((a, b) => b.logProbability - a.logProbability);
      const next: Open[] = [];
      for (const { place, word, logProbability } of candidates.slice(0, 2 * beamSize)) {
        if (!Number.isFinite(logProbability)) continue;
        const { ids, attention: before = [] } = beam[place]!;
        const from = sentence * beamSize + place;
        const looked = attention && {
          attention: [...before, attention.slice(from * sourceLength, (from + 1) * sourceLength)],
        };
        if (word === endId) done[sentence]!.push(ended({ ids, logProbability, ...looked }));
        else if (next.length < beamSize && length < maxLength) {
          const row = sentence * beamSize + next.length;
          rows[row] = from;
          words[row] = word;
          next.push({ ids: [...ids, word], logProbability, ...looked });
        }
      }
      if (length === maxLength && done[sentence]!.length === 0) done[sentence]!.push(...beam.map(ended));
      done[sentence]!.sort((a, b) => b.score - a.score);
      const worst = done[sentence]![beamSize - 1];
      // Scores fall with every word unless the penalty makes up for it, at most that of the greatest length.
      const reachable = Math.max(
        ...next.map(({ logProbability }) => logProbability / penalty(maxLength + 1)),
      );
      return worst && reachable <= worst.score ? [] : next;
    });
    state = decoder.select(after, rows);
    ids = words;
  }
  return done.map((hypotheses) => hypotheses.slice(0, beamSize));
}

/** Places of the largest numbers, the largest first. */
function best(scores: Float32Array, count: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place]!;
    if (places.length === count && score <= scores[places.at(-1)!]!) continue;
    let at = places.length;
    while (at > 0 && scores[places[at - 1]!]! < score) at--;
    places.splice(at, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}
