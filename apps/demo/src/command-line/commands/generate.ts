import { text as readStream } from 'node:stream/consumers';
import { generateText } from '@wordloom/nn-core';
import type { Tokenizer } from '@wordloom/tokenizer';
import { DEFAULT_SEED, defaultThreads, defineCommand, seedOption, threadsOption } from '../command.ts';
import { Failure, UsageFailure } from '../failure.ts';
import { interruption } from '../interruption.ts';
import { openGenerator } from '../open-generator.ts';

export const generateCommand = defineCommand({
  name: 'generate',
  usage: '[PROMPT] --model DIR',
  summary: 'continue a text with a trained model, as it comes',
  details: 'Without PROMPT, it is read from standard input.',
  options: {
    model: { kind: 'text', placeholder: 'DIR', description: 'folder of the model' },
    'max-tokens': { kind: 'integer', minimum: 0, description: 'most tokens to write (default: 400)' },
    temperature: {
      kind: 'number',
      minimum: 0,
      maximum: 100,
      description: 'below 1 careful, above 1 daring, 0 always the likeliest token (default: 0.8)',
    },
    'top-k': {
      kind: 'integer',
      minimum: 1,
      description: 'draw from this many likeliest tokens (default: all)',
    },
    'top-p': {
      kind: 'number',
      above: 0,
      maximum: 1,
      description: 'draw from the likeliest tokens that hold this probability (default: 1)',
    },
    seed: seedOption,
    threads: threadsOption,
  },
  async run({ values, positionals, terminal }) {
    if (values.model === undefined)
      throw new UsageFailure('generate: --model must name the folder of a model.');
    if (positionals.length > 1) {
      throw new UsageFailure(
        `generate: only one PROMPT is taken, got ${positionals.length}. Put it in quotes.`,
      );
    }
    const threads = values.threads ?? defaultThreads();
    const { generator, tokenizer } = await openGenerator(values.model, threads);
    const prompt = positionals[0] ?? (await readPrompt());
    if (prompt === '') throw new Failure('generate: the prompt is empty; give at least one character.');
    requireKnown(prompt, tokenizer);
    using interrupted = interruption();
    const { 'top-k': topK, 'top-p': topP } = values;
    const pieces = generateText(generator, tokenizer, prompt, {
      maxTokens: values['max-tokens'] ?? 400,
      temperature: values.temperature ?? 0.8,
      ...(topK !== undefined && { topK }),
      ...(topP !== undefined && { topP }),
      seed: values.seed ?? DEFAULT_SEED,
      signal: interrupted.signal,
    });
    terminal.event({ type: 'generate-start', prompt });
    if (!terminal.json) terminal.write(terminal.style.faint(prompt));
    try {
      for await (const piece of pieces) {
        if (terminal.json) terminal.event({ type: 'text', text: piece });
        else terminal.write(piece);
      }
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
    }
    terminal.line();
    terminal.event({ type: 'generate-end' });
    await generator.release();
    return interrupted.exitCode ?? 0;
  },
});

/** A model of characters has no token for those its text lacked. */
function requireKnown(prompt: string, tokenizer: Tokenizer): void {
  const unknown = Array.from(prompt).filter((character) => {
    try {
      tokenizer.encode(character);
      return false;
    } catch {
      return true;
    }
  });
  if (unknown.length === 0) return;
  const list = Array.from(new Set(unknown))
    .map((character) => JSON.stringify(character))
    .join(', ');
  throw new Failure(`generate: the prompt has ${list}, which the text of the model did not have.`);
}

async function readPrompt(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new UsageFailure('generate: a PROMPT must be given, or piped to standard input.');
  }
  return readStream(process.stdin);
}
