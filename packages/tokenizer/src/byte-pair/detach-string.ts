/**
 * A copy of a string that shares no memory with the string it was cut from.
 *
 * Engines make `text.slice(a, b)` a view that keeps all of `text` alive. Long-lived keys must not.
 */
export function detachString(text: string): string {
  // V8 copies slices shorter than 13 code units anyway.
  if (text.length < 13) return text;
  const units = new Array<number>(Math.min(text.length, CHUNK));
  let copy = '';
  for (let start = 0; start < text.length; start += CHUNK) {
    const end = Math.min(text.length, start + CHUNK);
    units.length = end - start;
    for (let index = start; index < end; index++) units[index - start] = text.charCodeAt(index);
    copy += String.fromCharCode(...units);
  }
  return copy;
}

/** Arguments per call; engines allow tens of thousands. */
const CHUNK = 8192;
