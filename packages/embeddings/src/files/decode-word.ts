/** What is done with a word that is not UTF-8, as files cut by bytes have them. */
export type InvalidText = 'refuse' | 'replace';

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

/** The word that bytes spell; undefined if they are not UTF-8, unless these are replaced (by U+FFFD). */
export function decodeWord(
  bytes: Uint8Array,
  begin: number,
  end: number,
  invalidText: InvalidText,
): string | undefined {
  let ascii = '';
  for (let at = begin; at < end && end - begin < 24; at++) {
    if (bytes[at]! > 0x7f) break;
    ascii += String.fromCharCode(bytes[at]!);
  }
  if (ascii.length === end - begin) return ascii;
  const part = bytes.subarray(begin, end);
  if (invalidText === 'replace') return LENIENT.decode(part);
  try {
    return STRICT.decode(part);
  } catch {
    return undefined;
  }
}
