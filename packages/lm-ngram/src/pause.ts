/**
 * Lets other work go on in the middle of long work.
 *
 * @throws what the signal's `reason` is, if it is aborted
 */
export async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
