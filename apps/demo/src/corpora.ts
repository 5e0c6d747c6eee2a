/** A text that comes with the demo. */
export interface Corpus {
  /** Where its file is: bundlers and Node both understand this form. */
  readonly url: URL;
  /** What a sample of a model trained on it starts with. */
  readonly prompt: string;
}

/** The bundled texts by name; sources and licenses are in `data/README.md`. */
export const corpora = {
  shakespeare: { url: new URL('../data/tinyshakespeare.txt', import.meta.url), prompt: 'ROMEO:' },
  'tang-poems': { url: new URL('../data/tang-poems.txt', import.meta.url), prompt: '春' },
} as const satisfies Record<string, Corpus>;

export type CorpusName = keyof typeof corpora;

/** Cuts a text as nanoGPT does: the first 90 % train, the last 10 % are held out. */
export function splitText(text: string): { readonly training: string; readonly heldOut: string } {
  // By code points, so that no character is cut in two.
  let cut = Math.floor(text.length * 0.9);
  const next = text.charCodeAt(cut);
  if (next >= 0xdc00 && next <= 0xdfff) cut++;
  return { training: text.slice(0, cut), heldOut: text.slice(cut) };
}
