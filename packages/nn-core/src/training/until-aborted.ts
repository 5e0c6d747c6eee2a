/**
 * Waits for a promise or for an abort, whichever comes first.
 *
 * @returns undefined if the signal was aborted
 */
export async function untilAborted<T>(
  start: () => T | Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (!signal) return start();
  if (signal.aborted) return undefined;
  let stop = (): void => {};
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([start(), aborted]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Waits for what looks at the signal itself: failing because of the abort is no failure.
 *
 * @returns undefined if it failed and the signal was aborted
 */
export async function unlessAborted<T>(
  start: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await start();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}
