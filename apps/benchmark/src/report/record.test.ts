import { describe, expect, it } from 'vitest';
import { recordOf, recordOfRounds } from './record.ts';

const step = { suite: 'train-gpt', case: 'gpt-4x4x128', metric: 'training step', unit: 'ms' } as const;

describe('records', () => {
  it('hold exactly the fields of the format, null where there is no peer', () => {
    expect(recordOf({ ...step, metric: 'trace and build' }, 180)).toEqual({
      suite: 'train-gpt',
      case: 'gpt-4x4x128',
      metric: 'trace and build',
      value: 180,
      unit: 'ms',
      peer: null,
      peerValue: null,
      ratio: null,
      quality: null,
      spread: {},
    });
  });

  it('compare medians over all samples, and give the spread of the ratios round by round', () => {
    const quality = { name: 'loss at step 6', value: 2.5, peerValue: 2.5 };
    const peer = {
      name: 'PyTorch',
      rounds: [
        [20, 20],
        [90, 90],
        [40, 40],
      ],
    };
    const own = [
      [10, 10],
      [30, 30],
      [40, 40],
    ];
    expect(recordOfRounds({ ...step, quality }, own, peer)).toMatchObject({
      value: 30,
      peer: 'PyTorch',
      peerValue: 40,
      ratio: 40 / 30,
      quality,
      spread: { value: [15, 37.5], peerValue: [25, 77.5], ratio: [1.5, 2.5] }, // of the ratios 2, 3 and 1
    });
  });

  it('pair a peer of fewer rounds with the first rounds', () => {
    const record = recordOfRounds(step, [[10], [99], [99]], { name: 'tfjs-wasm', rounds: [[400]] });
    expect(record.spread.ratio).toEqual([40, 40]);
  });

  it('count above 1 what is better for Wordloom: less of times and sizes, more of rates', () => {
    const peer = { name: 'PyTorch', value: 200 };
    expect(recordOf({ ...step, unit: 'MiB' }, 100, peer).ratio).toBe(2);
    expect(recordOf({ ...step, unit: 'tokens/s' }, 100, peer).ratio).toBe(0.5);
  });
});
