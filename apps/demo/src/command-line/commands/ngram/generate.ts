import { generateWords, type NgramModel, type WordAutomaton, wordPattern } from '@wordloom/lm-ngram';
import { DEFAULT_SEED, defineCommand, seedOption } from '../../command.ts';
import { UsageFailure } from '../../failure.ts';
import { readNgramModel, unitOption } from './files.ts';

/** A sentence that is longer is cut. */
const MOST_WORDS = 1000;

export const ngramGenerateCommand = defineCommand({
  name: 'ngram generate',
  usage: 'MODEL [PROMPT]',
  summary: 'draw sentences from an n-gram model',
  details: 'Sentences continue PROMPT, if there is one.',
  options: {
    unit: unitOption,
    sentences: { kind: 'integer', minimum: 1, description: 'how many (default: 5)' },
    temperature: {
      kind: 'number',
      above: 0,
      maximum: 100,
      description: 'below 1 careful, above 1 daring (default: 1)',
    },
    'top-k': {
      kind: 'integer',
      minimum: 1,
      description: 'draw from this many likeliest words (default: all)',
    },
    'top-p': {
      kind: 'number',
      above: 0,
      maximum: 1,
      description: 'draw from the likeliest words that hold this probability (default: 1)',
    },
    pattern: {
      kind: 'text',
      placeholder: 'PATTERN',
      description: 'what may follow PROMPT, as a regular expression over words: "(a | the) . {1,3} sat"',
    },
    seed: seedOption,
  },
  async run({ values, positionals, terminal }) {
    const [path, prompt = '', ...rest] = positionals;
    if (path === undefined) throw new UsageFailure('ngram generate: a MODEL must be given.');
    if (rest.length > 0)
      throw new UsageFailure('ngram generate: only one PROMPT is taken. Put it in quotes.');
    const isWords = values.unit !== 'character';
    const model = await readNgramModel(path);
    const before = isWords ? prompt.split(/\s+/).filter(Boolean) : [...prompt];
    const constraint = values.pattern === undefined ? undefined : readPattern(values.pattern, model);
    const { 'top-k': topK, 'top-p': topP, temperature } = values;
    for (let sentence = 0; sentence < (values.sentences ?? 5); sentence++) {
      const words: string[] = [];
      const drawn = generateWords(model, {
        prompt: before,
        seed: (values.seed ?? DEFAULT_SEED) + sentence,
        ...(temperature !== undefined && { temperature }),
        ...(topK !== undefined && { topK }),
        ...(topP !== undefined && { topP }),
        ...(constraint && { constraint }),
      });
      for (const word of drawn) {
        words.push(word);
        if (words.length === MOST_WORDS) break;
      }
      const blank = isWords ? ' ' : '';
      const text = [...before, ...words].join(blank);
      terminal.event({ type: 'text', text });
      const shown = before.length > 0 ? `${terminal.style.faint(before.join(blank))}${blank}` : '';
      terminal.line(`${shown}${words.join(blank)}`);
    }
    return 0;
  },
});

function readPattern(text: string, { vocabulary }: NgramModel): WordAutomaton {
  try {
    const pattern = wordPattern(text).within((word) => vocabulary.has(word));
    if (!pattern.isEmpty) return pattern;
  } catch (error) {
    throw new UsageFailure(`ngram generate: --pattern: ${(error as Error).message.replace(/^\w+: /, '')}`);
  }
  throw new UsageFailure('ngram generate: --pattern allows no sentence of words that the model has.');
}
