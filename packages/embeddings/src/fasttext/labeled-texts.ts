import { describeValue } from '../describe-value.ts';

/** A text and its labels, without prefix; or both in a line, as fastText's files have them: `__label__spam Buy now`. */
export type LabeledText = string | { readonly text: string; readonly labels: readonly string[] };

/** Examples: a text of a line each, or one after the other. */
export type LabeledTexts = string | Iterable<LabeledText> | AsyncIterable<LabeledText>;

/** One line; labels if they are not in it. */
export interface ExampleLine {
  readonly line: string;
  readonly labels: readonly string[] | undefined;
}

/** Examples as lines, some at a time. Between parts other work of this thread may run. */
export async function* readExamples(
  examples: LabeledTexts,
  caller: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly ExampleLine[], void, void> {
  const source = typeof examples === 'string' ? linesOf(examples) : examples;
  const isAsync = typeof source === 'object' && source !== null && Symbol.asyncIterator in source;
  if (!isAsync && !(typeof source === 'object' && source !== null && Symbol.iterator in source)) {
    throw new TypeError(
      `${caller}: examples must be a text or an iterable of labeled texts, got ${describeValue(examples)}.`,
    );
  }
  let part: ExampleLine[] = [];
  let number = 0;
  for await (const example of source as AsyncIterable<LabeledText>) {
    part.push(lineOf(example, ++number, caller));
    if (part.length < PART_LINES) continue;
    signal?.throwIfAborted();
    yield part;
    part = [];
    await new Promise((resolve) => setTimeout(resolve));
  }
  signal?.throwIfAborted();
  if (part.length > 0) yield part;
}

const PART_LINES = 4096;

function lineOf(example: LabeledText, number: number, caller: string): ExampleLine {
  if (typeof example === 'string') return { line: example, labels: undefined };
  const labels = (example as { labels?: unknown } | null)?.labels;
  const text = (example as { text?: unknown } | null)?.text;
  if (typeof text !== 'string' || !Array.isArray(labels)) {
    throw new TypeError(
      `${caller}: example ${number} must be a line or { text, labels }, got ${describeValue(example)}.`,
    );
  }
  for (const label of labels) {
    if (typeof label !== 'string' || label === '' || /[ \t\n\v\f\r\0]/.test(label)) {
      throw new TypeError(
        `${caller}: labels of example ${number} must be texts without blanks, got ${describeValue(label)}.`,
      );
    }
  }
  return { line: text, labels };
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
  }
}
