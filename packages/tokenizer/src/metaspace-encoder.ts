import { IdBuffer } from './id-buffer.ts';
import type { Model } from './models/model.ts';
import type { NormalizedText } from './normalized-text.ts';
import type { MetaspacePreTokenizer } from './pre-tokenizers/metaspace.ts';
import type { RandomSource } from './random-source.ts';
import { RangeCache } from './range-cache.ts';
import { LONGEST_CACHED } from './word-cache.ts';

/**
 * The way from a stretch of text to ids where words begin with the mark of a space: words are looked for in the text as a whole, and those seen
 * lately are not even cut out of it.
 *
 * @param preTokenizer which cuts, and whose replacement is one code unit
 */
export function createMetaspaceEncoder(
  preTokenizer: MetaspacePreTokenizer,
  model: Model,
): (text: NormalizedText, output: IdBuffer, random: RandomSource) => void {
  const mark = preTokenizer.replacement;
  const cache = new RangeCache();
  const buffer = new IdBuffer(64);
  return (stretch, output, random) => {
    const text = preTokenizer.mark(stretch).text;
    for (let start = 0; start < text.length; ) {
      const next = text.indexOf(mark, start + 1);
      const end = next < 0 ? text.length : next;
      if (model.isRandom || end - start > LONGEST_CACHED) {
        model.encode(text.slice(start, end), output, random);
      } else if (!cache.append(text, start, end, output)) {
        buffer.clear();
        model.encode(text.slice(start, end), buffer, random);
        const ids = buffer.toArray();
        cache.add(text, start, end, ids);
        output.append(ids);
      }
      start = end;
    }
  };
}
