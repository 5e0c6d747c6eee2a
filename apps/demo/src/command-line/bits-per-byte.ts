import type { TrainingSetup } from '../prepare-training.ts';

/**
 * A loss that does not depend on how the text is cut into tokens.
 *
 * @param loss mean nats per held-out token, the first not counted
 * @returns bits per byte of the same tokens' text in UTF-8
 */
export function bitsPerByte(
  loss: number,
  { heldOut, tokenizer }: Pick<TrainingSetup, 'heldOut' | 'tokenizer'>,
): number {
  const bytes = Buffer.byteLength(tokenizer.decode(heldOut.subarray(1)));
  return (loss * (heldOut.length - 1)) / Math.LN2 / bytes;
}
