import type { RefuseAt } from './byte-reader.ts';
import type { InvalidText } from './decode-word.ts';
import type { RowSelection } from './row-collector.ts';

/** How far reading is. */
export interface ReadProgress {
  /** Read so far; of packed files, unpacked. */
  readonly bytes: number;
  /** Kept so far. */
  readonly words: number;
}

/** What the readers of all formats are given. */
export interface FormatContext extends RowSelection {
  readonly refuse: RefuseAt;
  readonly invalidText: InvalidText;
  /** Bytes in the file, unpacked; undefined if that is not known. */
  readonly fileSize: number | undefined;
  readonly onProgress: ((progress: ReadProgress) => void) | undefined;
}
