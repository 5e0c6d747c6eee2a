import type { Strings } from './strings.ts';

export const english: Strings = {
  tag: 'en',
  purpose: 'Train a language model here, in your browser. Nothing leaves this page.',
  otherLanguage: '中文',

  textHeading: 'Text',
  textLabel: 'Text to learn from',
  textNames: { shakespeare: 'Shakespeare', 'tang-poems': 'Tang poems', own: 'Your own' },
  ownTextPlaceholder:
    'Paste or type a text. A few thousand characters are enough to see something; more is better.',
  textLoading: 'Loading the text…',
  textSize: (characters, different) => `${characters} characters, ${different} different`,
  textSplit: 'The first 90 % to learn from, the last 10 % held out to measure.',
  vocabularyHeading: 'Vocabulary',
  vocabularyHint: 'Each different character is one token; the most frequent come first.',
  vocabularyMore: (count) => `and ${count} more`,
  vocabularyCount: (character, count) => `${character}: ${count} times`,
  characterNames: { space: 'space', newLine: 'new line', tab: 'tab' },

  trainingHeading: 'Training',
  size: 'Model',
  sizeNames: { tiny: 'Tiny', demo: 'Small', 'shakespeare-char': 'Medium' },
  steps: 'Steps',
  seed: 'Seed',
  modelShape: (layers, heads, width, context) =>
    `GPT: ${layers} ${layers === '1' ? 'layer' : 'layers'}, ${heads} heads, ${width} wide, sees ${context} characters back`,
  train: 'Train',
  trainAgain: 'Train again',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',

  idle: 'Ready.',
  loading: 'Loading the runtime…',
  compiling: 'Compiling the training step…',
  training: 'Training.',
  paused: 'Paused.',
  stopped: (step) => `Stopped after step ${step}. The model stays usable.`,
  finished: (time) => `Finished in ${time}. Ask it for more below.`,
  failed: 'That did not work.',
  emptyText: 'There is no text yet. Paste one, or choose one of the two above it.',
  textTooShort: (got, needed, context) =>
    `This text is too short: it has ${got} characters, and a model that sees ${context} characters back needs at least ${needed}. Add more text.`,
  textNotLoaded: (name) =>
    `The text “${name}” could not be loaded. Reload the page, or paste a text of your own.`,
  backend: (runtime) => `${runtime}, on this device`,
  notIsolated:
    'One thread only: the server that sent this page does not isolate it (COOP and COEP headers), so threads are off.',

  loss: 'Loss',
  trainingLoss: 'Training loss',
  heldOutLoss: 'Held-out loss',
  nats: 'nats per character',
  step: 'Step',
  stepOf: (step, steps) => `${step} of ${steps}`,
  tokensPerSecond: 'Tokens/s',
  timeLeft: 'Time left',
  duration: (minutes, seconds) => (minutes === undefined ? `${seconds} s` : `${minutes} min ${seconds} s`),
  chartTitle: 'Loss by training step',
  chartEmpty: 'The loss will draw itself here, against what counting characters alone achieves.',
  chartSummary: (step, loss, heldOut) =>
    `After step ${step} the training loss is ${loss}${heldOut === undefined ? '' : ` and the held-out loss ${heldOut}`} nats per character.`,
  counts: (order) => `counting ${order}-grams`,
  countsSummary: (order, loss) => `Counting ${order}-grams alone gives ${loss} on the held-out text.`,
  chartTable: 'The chart as a table',

  writingHeading: 'Writing',
  writingEmpty: 'What the model writes appears here, and rewrites itself as the model learns.',
  writtenAfter: (step) => `written after step ${step}`,
  prompt: 'Starts with',
  unknownCharacter: (characters) =>
    `The text does not contain ${characters}, so the model has no token for it. Use characters of the text.`,
  temperature: 'Temperature',
  temperatureHint: 'Low is careful, high is daring.',
  generate: 'Generate',
  stopGenerating: 'Stop writing',
  generateHint: 'Train a model first; pause, stop or let it finish to write from your own words.',
};
