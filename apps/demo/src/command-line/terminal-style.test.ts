import { expect, it } from 'vitest';
import { formatDuration } from './progress-line.ts';
import { displayWidth, isInteractive, padDisplay, styleFor, usesColor } from './terminal-style.ts';

it('uses color in a terminal, unless NO_COLOR or TERM=dumb say no or FORCE_COLOR decides', () => {
  const terminal = { isTTY: true };
  expect(usesColor(terminal, {})).toBe(true);
  expect(usesColor({}, {})).toBe(false);
  expect(usesColor(terminal, { NO_COLOR: '1' })).toBe(false);
  expect(usesColor(terminal, { TERM: 'dumb' })).toBe(false);
  expect(usesColor({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
  expect(usesColor(terminal, { FORCE_COLOR: '0' })).toBe(false);
});

it('rewrites lines only where a person watches', () => {
  expect(isInteractive({ isTTY: true }, {})).toBe(true);
  expect(isInteractive({ isTTY: true }, { CI: 'true' })).toBe(false);
});

it('counts columns as terminals show them', () => {
  expect(displayWidth(styleFor(true).strong('春a'))).toBe(3);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(padDisplay('春', 4)).toBe('春  ');
});

it('says durations in the two units that matter', () => {
  expect([400, 59_600, 3_599_000, 7_500_000].map(formatDuration)).toEqual([
    '0 s',
    '1 min 0 s',
    '59 min 59 s',
    '2 h 5 min',
  ]);
});
