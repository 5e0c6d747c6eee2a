import type { Settings, SizeName } from '../settings.ts';

/** Every sentence of the page, in one language. Numbers arrive formatted. */
export interface Strings {
  /** BCP 47 tag, for the document and for numbers. */
  readonly tag: string;
  readonly purpose: string;
  readonly otherLanguage: string;

  readonly textHeading: string;
  readonly textLabel: string;
  readonly textNames: Readonly<Record<Settings['text'], string>>;
  readonly ownTextPlaceholder: string;
  readonly textLoading: string;
  textSize(characters: string, different: string): string;
  readonly textSplit: string;
  readonly vocabularyHeading: string;
  readonly vocabularyHint: string;
  vocabularyMore(count: string): string;
  vocabularyCount(character: string, count: string): string;
  readonly characterNames: Readonly<Record<'space' | 'newLine' | 'tab', string>>;

  readonly trainingHeading: string;
  readonly size: string;
  readonly sizeNames: Readonly<Record<SizeName, string>>;
  readonly steps: string;
  readonly seed: string;
  modelShape(layers: string, heads: string, width: string, context: string): string;
  readonly train: string;
  readonly trainAgain: string;
  readonly pause: string;
  readonly resume: string;
  readonly stop: string;

  readonly idle: string;
  readonly loading: string;
  readonly compiling: string;
  readonly training: string;
  readonly paused: string;
  stopped(step: string): string;
  finished(seconds: string): string;
  readonly failed: string;
  readonly emptyText: string;
  textTooShort(got: string, needed: string, context: string): string;
  textNotLoaded(name: string): string;
  backend(threads: string): string;
  readonly notIsolated: string;

  readonly loss: string;
  readonly trainingLoss: string;
  readonly heldOutLoss: string;
  readonly nats: string;
  readonly step: string;
  stepOf(step: string, steps: string): string;
  readonly tokensPerSecond: string;
  readonly timeLeft: string;
  duration(minutes: string | undefined, seconds: string): string;
  readonly chartTitle: string;
  readonly chartEmpty: string;
  chartSummary(step: string, loss: string, heldOut: string | undefined): string;
  counts(order: string): string;
  countsSummary(order: string, loss: string): string;
  readonly chartTable: string;

  readonly writingHeading: string;
  readonly writingEmpty: string;
  writtenAfter(step: string): string;
  readonly prompt: string;
  unknownCharacter(characters: string): string;
  readonly temperature: string;
  readonly temperatureHint: string;
  readonly generate: string;
  readonly stopGenerating: string;
  readonly generateHint: string;
}
