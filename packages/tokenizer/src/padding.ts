import { Encoding } from './encoding.ts';

/** How encodings are made equally long. */
export interface Padding {
  /** The number of tokens to fill up to, or `longest`: as many as the longest of the batch has (default `longest`). */
  readonly length?: number | 'longest';
  /** On which side the padding is (default `right`). */
  readonly direction?: 'left' | 'right';
  /** Lengths are rounded up to a multiple of it (default null: they are not). */
  readonly multipleOf?: number | null;
  /** Id of the padding token (default 0). */
  readonly id?: number;
  /** Type id of the padding (default 0). */
  readonly typeId?: number;
  /** Text of the padding token (default `[PAD]`). */
  readonly token?: string;
}

/** How long the encodings of a batch become. */
export function paddedLength(
  lengths: readonly number[],
  { length = 'longest', multipleOf = null }: Padding,
): number {
  const wanted =
    length === 'longest' ? lengths.reduce((longest, next) => Math.max(longest, next), 0) : length;
  return multipleOf ? Math.ceil(wanted / multipleOf) * multipleOf : wanted;
}

/** Ids with padding up to a length; longer ones stay as they are. */
export function padIds(
  ids: Int32Array,
  length: number,
  { direction = 'right', id = 0 }: Padding,
): Int32Array {
  if (ids.length >= length) return ids;
  const padded = new Int32Array(length).fill(id);
  padded.set(ids, direction === 'right' ? 0 : length - ids.length);
  return padded;
}

/** An encoding, and its windows, with padding up to a length; longer ones stay as they are. */
export function padEncoding(encoding: Encoding, length: number, padding: Padding): Encoding {
  const { direction = 'right', id = 0, typeId = 0, token = '[PAD]' } = padding;
  return encoding.mapWindows((window) => {
    if (window.length >= length) return window;
    const count = length - window.length;
    const fill = Encoding.special(new Array(count).fill([token, id]), typeId).with({
      attentionMask: new Uint8Array(count),
    });
    const alone = window.with({ overflowing: [] });
    const padded = Encoding.concatenate(direction === 'right' ? [alone, fill] : [fill, alone]);
    return padded.with({ overflowing: window.overflowing });
  });
}
