import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// One side of the suite `tokenizer-encode` in a process of its own: loads, encodes a text again and again, reports. Special tokens are text to all
// sides, and none adds any. In plain JavaScript, so that nothing is compiled while a library loads: it is as it was installed.

/** @type {[import('./encoder.ts').EncoderSide, string]} */
const [side, description] = process.argv.slice(2);
/** @type {import('./encoder.ts').EncoderTask} */
const task = JSON.parse(description);
const text = await readFile(task.textPath, 'utf8');

const memoryBefore = process.memoryUsage().rss;
const loadStart = performance.now();
const encode = await load(side, task);
await encode('word');
const loadMilliseconds = performance.now() - loadStart;
const loadedMemory = process.memoryUsage().rss - memoryBefore;

const times = [];
let ids = [];
const begin = performance.now();
while (times.length <= task.passes && (times.length < 2 || performance.now() - begin < 2000)) {
  const start = performance.now();
  ids = await encode(text);
  times.push(performance.now() - start);
}
let hash = 0;
for (let index = 0; index < ids.length; index++) hash = (Math.imul(hash, 31) + ids[index]) | 0;
const [firstMilliseconds, ...warmMilliseconds] = times;
const report = {
  loadMilliseconds,
  loadedMebibytes: loadedMemory / 2 ** 20,
  firstMilliseconds,
  warmMilliseconds,
  idCount: ids.length,
  idHash: hash,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** A function from a text to its ids, or a promise of them. */
async function load(name, { encoding, ranksPath, jsonPath }) {
  switch (name) {
    case 'wordloom': {
      const { loadTiktoken, loadTokenizer, tiktokenEncodings } = await import('@wordloom/tokenizer');
      const tokenizer =
        encoding && ranksPath
          ? loadTiktoken(await readFile(ranksPath), tiktokenEncodings[encoding])
          : loadTokenizer(await readFile(jsonPath, 'utf8'));
      return (input) => tokenizer.encode(input, { addSpecialTokens: false, parseSpecialTokens: false });
    }
    case 'hypertok': {
      const { fromBytes } = await import('hypertok');
      const { vocabulary } = await importVocabulary(encoding);
      const bytes = new Uint8Array(await readFile(fileURLToPath(vocabulary)));
      const tokenizer = await fromBytes(bytes, { tier: 'single' });
      return (input) => tokenizer.encodeSync(input);
    }
    case 'tiktoken': {
      const { get_encoding } = await import('tiktoken');
      const tokenizer = get_encoding(encoding);
      return (input) => tokenizer.encode_ordinary(input);
    }
    case 'tokenizers': {
      const { default: tokenizers } = await import('tokenizers');
      const tokenizer = tokenizers.Tokenizer.fromFile(jsonPath);
      return async (input) => (await tokenizer.encode(input, null, { addSpecialTokens: false })).getIds();
    }
    case 'gpt-tokenizer': {
      const { encode } = await import(`gpt-tokenizer/encoding/${encoding}`);
      return (input) => encode(input);
    }
    case 'ai-tokenizer': {
      const [{ default: Tokenizer }, ranks] = await Promise.all([
        import('ai-tokenizer'),
        import(`ai-tokenizer/encoding/${encoding}`),
      ]);
      const tokenizer = new Tokenizer(ranks);
      return (input) => tokenizer.encode(input);
    }
    case 'js-tiktoken': {
      const { Tiktoken } = await import('js-tiktoken/lite');
      const { default: ranks } = await import(
        `js-tiktoken/ranks/${encoding === 'r50k_base' ? 'gpt2' : encoding}`
      );
      const tokenizer = new Tiktoken(ranks);
      return (input) => tokenizer.encode(input, [], []);
    }
    case '@huggingface/tokenizers': {
      const { Tokenizer } = await import('@huggingface/tokenizers');
      const tokenizer = new Tokenizer(JSON.parse(await readFile(jsonPath, 'utf8')), {});
      return (input) => tokenizer.encode(input, { add_special_tokens: false }).ids;
    }
  }
}

async function importVocabulary(encoding) {
  const names = { r50k_base: 'gpt2', cl100k_base: 'cl100k', o200k_base: 'o200k' };
  return await import(`@hypertok/vocab-${names[encoding]}`);
}
