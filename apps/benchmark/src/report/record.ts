import { median, type Summary, summarize } from '../measure/statistics.ts';

/** Units that figures come in. */
export type Unit = 'ns' | 'ms' | 's' | 'MiB' | 'tokens/s' | 'MB/s' | 'nodes' | '%';

/** What a speed is worth nothing without: a figure that shows both sides did the same work, or did it well. */
export interface Quality {
  readonly name: string;
  readonly value: number;
  readonly peerValue: number | null;
}

/** One comparison; the format of all suites. */
export interface BenchmarkRecord {
  readonly suite: string;
  readonly case: string;
  readonly metric: string;
  /** Wordloom's median. */
  readonly value: number;
  readonly unit: Unit;
  /** Null for a figure without a peer. */
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** How many times better Wordloom is (faster, or smaller): above 1 means better than the peer. */
  readonly ratio: number | null;
  readonly quality: Quality | null;
  /** Quartiles of value, peerValue and the ratio of each round. */
  readonly spread: { readonly value?: Quartiles; readonly peerValue?: Quartiles; readonly ratio?: Quartiles };
}

type Quartiles = Summary['quartiles'];

/** What a record is of. */
export interface Subject {
  readonly suite: string;
  readonly case: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly quality?: Quality;
}

/** A peer's samples, round by round. */
export interface PeerRounds {
  readonly name: string;
  readonly rounds: readonly (readonly number[])[];
}

/** A record of repeated measurements, round by round; the peer may have taken part in the first rounds only. */
export function recordOfRounds(
  subject: Subject,
  rounds: readonly (readonly number[])[],
  peer?: PeerRounds,
): BenchmarkRecord {
  const own = summarize(rounds.flat());
  if (!peer) return { ...recordOf(subject, own.median), spread: { value: own.quartiles } };
  const other = summarize(peer.rounds.flat());
  const { unit } = subject;
  const ratios = peer.rounds.map((samples, round) => ratioOf(unit, median(rounds[round]!), median(samples)));
  return {
    ...recordOf(subject, own.median, { name: peer.name, value: other.median }),
    spread: { value: own.quartiles, peerValue: other.quartiles, ratio: summarize(ratios).quartiles },
  };
}

/** A record of figures measured once. */
export function recordOf(
  { suite, case: caseName, metric, unit, quality = undefined }: Subject,
  value: number,
  peer?: { readonly name: string; readonly value: number },
): BenchmarkRecord {
  return {
    suite,
    case: caseName,
    metric,
    value,
    unit,
    peer: peer?.name ?? null,
    peerValue: peer?.value ?? null,
    ratio: peer ? ratioOf(unit, value, peer.value) : null,
    quality: quality ?? null,
    spread: {},
  };
}

/** Of times, sizes and shares less is better, of rates more. */
function ratioOf(unit: Unit, own: number, peer: number): number {
  return unit.endsWith('/s') ? own / peer : peer / own;
}
