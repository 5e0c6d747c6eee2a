import { describe, expect, it } from 'vitest';
import { recordOf, recordOfRounds } from './record.ts';
import { formatFigure, renderTable } from './table.ts';

const step = { suite: 'train-gpt', case: 'gpt-4x4x128', metric: 'training step', unit: 'ms' } as const;

describe('renderTable', () => {
  it('aligns columns, figures to the right, and names a case once', () => {
    const quality = { name: 'loss at step 2', value: 3.81351, peerValue: 3.81349 };
    const records = [
      recordOfRounds({ ...step, quality }, [[40], [44]], { name: 'tfjs-wasm', rounds: [[1900], [1920]] }),
      recordOf({ ...step, metric: 'trace and build' }, 180.4),
    ];
    expect(renderTable(records)).toBe(
      [
        'case         metric           Wordloom  peer       its figure  ratio  rounds     quality',
        'gpt-4x4x128  training step     42.0 ms  tfjs-wasm    1 910 ms   45.5  44.6–46.5  loss at step 2 3.8135 | 3.8135',
        '             trace and build    180 ms',
      ].join('\n'),
    );
  });

  it('leaves out columns nothing stands in', () => {
    expect(renderTable([recordOf(step, 41)])).toBe(
      ['case         metric         Wordloom', 'gpt-4x4x128  training step   41.0 ms'].join('\n'),
    );
  });
});

describe('formatFigure', () => {
  it('shows three digits, or all before the point in groups', () => {
    expect([1.234, 42.54, 256.4, 12345.6].map((value) => formatFigure(value, 'ms'))).toEqual([
      '1.23 ms',
      '42.5 ms',
      '256 ms',
      '12 346 ms',
    ]);
  });
});
