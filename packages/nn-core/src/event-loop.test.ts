import { afterEach, expect, test, vi } from 'vitest';
import { yieldToEventLoop } from './event-loop.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each(['with', 'without'])(
  'a loop that yields lets waiting timers run, %s setImmediate',
  async (kind) => {
    if (kind === 'without') vi.stubGlobal('setImmediate', undefined);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    for (const until = performance.now() + 1000; !fired && performance.now() < until; )
      await yieldToEventLoop();
    expect(fired).toBe(true);
  },
);
