import { KENLM_CHECKED_LENGTH, KENLM_FIXED_LENGTH, KENLM_MAGIC } from './kenlm-file.ts';

/** What a KenLM binary file begins with: the magic, values that show byte order and sizes of numbers, parameters and counts. */
export function kenlmHeaderBytes(
  counts: readonly number[],
  parameters: {
    readonly modelType: number;
    readonly probingMultiplier: number;
    readonly searchVersion: number;
  },
): Uint8Array {
  const end = KENLM_CHECKED_LENGTH + KENLM_FIXED_LENGTH + 8 * counts.length;
  const bytes = new Uint8Array(Math.ceil(end / 8) * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < KENLM_MAGIC.length; index++) bytes[index] = KENLM_MAGIC.charCodeAt(index);
  view.setFloat32(60, 1, true);
  view.setFloat32(64, -0.5, true);
  view.setUint32(68, 1, true);
  view.setUint32(72, 0xffffffff, true);
  view.setBigUint64(80, 1n, true);
  bytes[KENLM_CHECKED_LENGTH] = counts.length;
  view.setFloat32(KENLM_CHECKED_LENGTH + 4, parameters.probingMultiplier, true);
  view.setInt32(KENLM_CHECKED_LENGTH + 8, parameters.modelType, true);
  bytes[KENLM_CHECKED_LENGTH + 12] = 1; // words follow
  view.setUint32(KENLM_CHECKED_LENGTH + 16, parameters.searchVersion, true);
  for (const [index, count] of counts.entries()) {
    view.setBigUint64(KENLM_CHECKED_LENGTH + KENLM_FIXED_LENGTH + 8 * index, BigInt(count), true);
  }
  return bytes;
}
