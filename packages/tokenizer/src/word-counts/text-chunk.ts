import { checkText } from '../check-text.ts';

/** A part of a corpus: whole texts, as strings or as UTF-8. Plain values, which can be sent to a worker. */
export type TextChunk =
  | { readonly texts: readonly string[] }
  | {
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** Whose bytes they are, for errors. */
      readonly name: string;
      /** Where in it they begin. */
      readonly offset: number;
    };

/** How texts lie in bytes. */
export interface TextFormat {
  /** What ends a text; it belongs to the text that it ends. */
  readonly delimiter: string;
  /** What becomes of bytes that are not UTF-8. */
  readonly invalidUtf8: 'error' | 'replace';
}

/**
 * The texts of a chunk.
 *
 * @throws {RangeError} at bytes that are not UTF-8, unless they are replaced (by U+FFFD)
 */
export function* textsOf(chunk: TextChunk, { delimiter, invalidUtf8 }: TextFormat): Generator<string> {
  if ('texts' in chunk) {
    for (const text of chunk.texts) yield checkText(text, 'countWordsSteps', 'corpus');
    return;
  }
  const text = invalidUtf8 === 'replace' ? lenient.decode(chunk.bytes) : decode(chunk);
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf(delimiter, start);
    const end = found < 0 ? text.length : found + delimiter.length;
    yield text.slice(start, end);
    start = end;
  }
}

// A byte order mark is a character like others, as in Hugging Face's files.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

function decode({ bytes, name, offset }: Exclude<TextChunk, { texts: unknown }>): string {
  try {
    return strict.decode(bytes);
  } catch {
    const at = firstInvalid(bytes);
    const found = bytes.subarray(at, at + 4);
    throw new RangeError(
      `countWords: ${name} must be UTF-8, got bytes ${[...found].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} ` +
        `at byte ${offset + at}. Set invalidUtf8 to 'replace' to read them as U+FFFD.`,
    );
  }
}

/** Where the first sequence of bytes that is not UTF-8 begins. */
function firstInvalid(bytes: Uint8Array): number {
  // The longest beginning that could go on as UTF-8, found by halving; then back to where its last character begins.
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isBeginning(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  let at = low;
  while (at > 0 && !isWhole(bytes.subarray(0, at))) at--;
  return at;
}

function isBeginning(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function isWhole(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
