/** Cuts a text as nanoGPT does: the first 90 % train, the last 10 % are held out. */
export function splitText(text: string): { readonly training: string; readonly heldOut: string } {
  let cut = Math.floor(text.length * 0.9);
  const next = text.charCodeAt(cut);
  if (next >= 0xdc00 && next <= 0xdfff) cut++;
  return { training: text.slice(0, cut), heldOut: text.slice(cut) };
}

/**
 * A part of the held-out tokens that is quick to evaluate and still stands for all of them: stretches of 512 tokens,
 * evenly spread. Neighboring passages are alike, so one long stretch would not do.
 *
 * @returns all tokens if there are few, else 4097: as many targets as fill windows of any usual length
 */
export function heldOutExcerpt(tokens: Int32Array): Int32Array {
  const count = 8;
  const length = 512;
  if (tokens.length <= count * length) return tokens;
  const excerpt = new Int32Array(count * length + 1);
  for (let index = 0; index < count; index++) {
    const start = Math.floor((index * (tokens.length - length - 1)) / (count - 1));
    excerpt.set(tokens.subarray(start, start + length + 1), index * length);
  }
  return excerpt;
}
