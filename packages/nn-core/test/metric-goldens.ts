import { readFileSync } from 'node:fs';

/** What fixtures/metrics.py writes: figures of scikit-learn, SciPy, NLTK and python-Levenshtein. */
export interface MetricGoldens {
  readonly classification: {
    readonly targets: number[];
    readonly predictions: number[];
    readonly scores: readonly {
      readonly average: 'micro' | 'macro' | 'weighted' | null;
      readonly classes: number[] | null;
      readonly beta: number;
      readonly zeroDivision: number;
      readonly precision: number | number[];
      readonly recall: number | number[];
      readonly fScore: number | number[];
    }[];
    readonly confusion: number[][];
    readonly accuracy: number;
    readonly matthews: number;
    readonly binaryTargets: number[];
    readonly binaryPredictions: number[];
    readonly binary: [precision: number, recall: number, f1: number];
    readonly binaryMatthews: number;
    readonly logits: number[];
    readonly topK: number[];
  };
  readonly correlations: readonly Record<'x' | 'y', number[]>[] &
    readonly Record<'pearson' | 'spearman' | 'kendall', number>[];
  readonly rankings: readonly Record<'targets' | 'scores', number[]>[] &
    readonly Record<'rocAuc' | 'averagePrecision', number>[];
  readonly calibration: Record<'confidences' | 'correct', number[]> &
    Record<'binCount' | 'expected' | 'maximum', number>;
  readonly bleu: {
    readonly hypotheses: string[];
    readonly references: string[][];
    readonly corpus: number;
    readonly sentences: Readonly<Record<'floor' | 'add-k' | 'exp', number[]>>;
    readonly self: number;
    readonly chrf: number[];
  };
  readonly edits: readonly { readonly a: string; readonly b: string; readonly distance: number }[];
  readonly stems: Readonly<Record<string, string>>;
}

export function readMetricGoldens(): MetricGoldens {
  const url = new URL('../fixtures/metrics.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as MetricGoldens;
}
