import { CompactModel, decodeCompact } from '@wordloom/lm-ngram';

/** How a page opens a compact file: unpacked, or asked as it is. */
export type OpenKind = 'unpack' | 'in place';

/** Fetches `model.ngram`, and opens it up to the first answer. */
async function openModel(kind: OpenKind): Promise<number> {
  const bytes = new Uint8Array(await (await fetch('model.ngram')).arrayBuffer());
  const start = performance.now();
  if (kind === 'unpack') {
    const model = decodeCompact(bytes);
    model.score(model.sentenceStart, 0);
  } else {
    const model = new CompactModel(bytes);
    model.score(model.sentenceStart, 0);
  }
  return performance.now() - start;
}

Object.assign(globalThis, { openModel });
