/**
 * The edits of TER: insertions, deletions and substitutions of words, and shifts of a run of words to another place,
 * each at cost 1. The best shifts are hard to find, so, as Tercom and sacreBLEU do, the shift that helps most is made
 * again and again until none helps; limits and ties are sacreBLEU's, so that the counts are.
 *
 * @see Snover et al. 2006, "A study of translation edit rate with targeted human annotation", §2
 */
export function shiftDistance(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  const ids = new Map<string, number>();
  const toIds = (words: readonly string[]): number[] =>
    words.map((word) => ids.get(word) ?? ids.set(word, ids.size).size - 1);
  const target = toIds(reference);
  let words = toIds(hypothesis);
  let shifts = 0;
  let tried = 0;
  for (;;) {
    const best = bestShift(words, target, tried);
    tried = best.tried;
    if (tried >= MAX_TRIED || best.gain <= 0) break;
    words = best.words;
    shifts++;
  }
  return shifts + align(words, target).distance;
}

const MAX_SHIFT_SIZE = 10;
const MAX_SHIFT_DISTANCE = 50;
const MAX_TRIED = 1000;
const BEAM_WIDTH = 25;

interface Shift {
  /** Edits that the shift saves. */
  readonly gain: number;
  readonly length: number;
  readonly start: number;
  readonly target: number;
  readonly words: number[];
}

function bestShift(
  words: number[],
  reference: readonly number[],
  triedBefore: number,
): { gain: number; words: number[]; tried: number } {
  const current = align(words, reference);
  const isWrong = (errors: Uint8Array, start: number, length: number): boolean =>
    errors.subarray(start, start + length).includes(1);
  let tried = triedBefore;
  let best: Shift | undefined;
  for (const { start, referenceStart, length } of commonRuns(words, reference)) {
    if (!isWrong(current.hypothesisErrors, start, length)) continue;
    if (!isWrong(current.referenceErrors, referenceStart, length)) continue;
    const place = current.places[referenceStart]!;
    if (place >= start && place < start + length) continue; // would move into itself
    let previous = -1;
    for (let offset = -1; offset < length; offset++) {
      const after = referenceStart + offset;
      const target = after === -1 ? 0 : current.places[after]! + 1;
      if (target === previous) continue;
      previous = target;
      const shifted = shift(words, start, length, target);
      const gain = current.distance - align(shifted, reference).distance;
      const candidate = { gain, length, start, target, words: shifted };
      tried++;
      if (!best || isBetter(candidate, best)) best = candidate;
    }
    if (tried >= MAX_TRIED) break;
  }
  return { gain: best?.gain ?? 0, words: best?.words ?? words, tried };
}

/** More saved, then longer, then from further left, then to further left. */
function isBetter(a: Shift, b: Shift): boolean {
  return (a.gain - b.gain || a.length - b.length || b.start - a.start || b.target - a.target) > 0;
}

/** Runs of words that both have, shorter ones first where they start at the same places. */
function* commonRuns(
  words: readonly number[],
  reference: readonly number[],
): Generator<{ start: number; referenceStart: number; length: number }> {
  for (let start = 0; start < words.length; start++) {
    const first = Math.max(0, start - MAX_SHIFT_DISTANCE);
    const last = Math.min(reference.length - 1, start + MAX_SHIFT_DISTANCE);
    for (let referenceStart = first; referenceStart <= last; referenceStart++) {
      for (let length = 1; length <= MAX_SHIFT_SIZE; length++) {
        const end = start + length - 1;
        const referenceEnd = referenceStart + length - 1;
        if (end >= words.length || referenceEnd >= reference.length) break;
        if (words[end] !== reference[referenceEnd]) break;
        yield { start, referenceStart, length };
      }
    }
  }
}

/** Moves the run before the word at `target`; a target inside the run moves it that many words to the right. */
function shift(words: readonly number[], start: number, length: number, target: number): number[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const place = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, place), ...run, ...rest.slice(place)];
}

interface Alignment {
  readonly distance: number;
  /** For each reference word the hypothesis word it stands beside, −1 before the first. */
  readonly places: Int32Array;
  /** 1 where a hypothesis word has no equal partner. */
  readonly hypothesisErrors: Uint8Array;
  /** 1 where a reference word has no equal partner. */
  readonly referenceErrors: Uint8Array;
}

const KEEP = 0;
const SUBSTITUTE = 1;
const DELETE = 2; // a hypothesis word too many
const INSERT = 3; // a reference word that is missing

/** Levenshtein alignment within a beam around the diagonal. Of equal costs, diagonal goes before delete before insert. */
function align(words: readonly number[], reference: readonly number[]): Alignment {
  const width = reference.length + 1;
  const cost = new Float64Array((words.length + 1) * width).fill(Number.POSITIVE_INFINITY);
  const edits = new Uint8Array(cost.length);
  for (let column = 0; column < width; column++) {
    cost[column] = column;
    edits[column] = INSERT;
  }
  const slope = words.length > 0 ? reference.length / words.length : 1;
  // Rows of a very short hypothesis must still overlap.
  const beam = BEAM_WIDTH < slope / 2 ? Math.ceil(slope / 2 + BEAM_WIDTH) : BEAM_WIDTH;
  for (let row = 1; row <= words.length; row++) {
    const diagonal = Math.floor(row * slope);
    const first = Math.max(0, diagonal - beam);
    const last = row === words.length ? reference.length : Math.min(reference.length, diagonal + beam - 1);
    for (let column = first; column <= last; column++) {
      const cell = row * width + column;
      const above = cell - width;
      if (column > 0) {
        const differs = words[row - 1] === reference[column - 1] ? KEEP : SUBSTITUTE;
        if (cost[above - 1]! + differs < cost[cell]!) {
          cost[cell] = cost[above - 1]! + differs;
          edits[cell] = differs;
        }
      }
      if (cost[above]! + 1 < cost[cell]!) {
        cost[cell] = cost[above]! + 1;
        edits[cell] = DELETE;
      }
      if (column > 0 && cost[cell - 1]! + 1 < cost[cell]!) {
        cost[cell] = cost[cell - 1]! + 1;
        edits[cell] = INSERT;
      }
    }
  }
  const places = new Int32Array(reference.length);
  const hypothesisErrors = new Uint8Array(words.length);
  const referenceErrors = new Uint8Array(reference.length);
  for (let row = words.length, column = reference.length; row > 0 || column > 0; ) {
    const edit = edits[row * width + column]!;
    const isError = edit === KEEP ? 0 : 1;
    if (edit !== INSERT) hypothesisErrors[--row] = isError;
    if (edit !== DELETE) {
      referenceErrors[--column] = isError;
      places[column] = edit === INSERT ? row - 1 : row;
    }
  }
  return { distance: cost.at(-1)!, places, hypothesisErrors, referenceErrors };
}
