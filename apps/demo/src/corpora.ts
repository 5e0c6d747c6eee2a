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
