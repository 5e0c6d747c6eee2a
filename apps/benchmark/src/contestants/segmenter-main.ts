import { readFile } from 'node:fs/promises';
import type { SegmenterReport, SegmenterSide } from './segmenter.ts';

// One side of the suite `segmentation` in a process of its own: loads, cuts a file's lines again and again, reports.
const [side, path, passes, scored] = process.argv.slice(2) as [SegmenterSide, string, string, string];
const lines = (await readFile(path, 'utf8')).split('\n');

const memoryBefore = process.memoryUsage().rss;
const loadStart = performance.now();
const segment = await loadSegmenter(side);
const loadMilliseconds = performance.now() - loadStart;
const loadedMemory = process.memoryUsage().rss - memoryBefore;

let words = 0;
const times: number[] = [];
for (let pass = 0; pass < Number(passes); pass++) {
  words = 0;
  const start = performance.now();
  for (const line of lines) words += segment(line).length;
  times.push(performance.now() - start);
}
const [firstMilliseconds, ...warmMilliseconds] = times as [number, ...number[]];
const report: SegmenterReport = {
  loadMilliseconds,
  loadedMebibytes: loadedMemory / 2 ** 20,
  firstMilliseconds,
  warmMilliseconds,
  words,
  f1: scored === '' ? null : await score(segment, scored),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

async function loadSegmenter(name: SegmenterSide): Promise<(text: string) => string[]> {
  if (name === 'jieba') {
    const { Jieba } = await import('@node-rs/jieba');
    const { dict } = await import('@node-rs/jieba/dict.js');
    const jieba = Jieba.withDict(dict);
    return (text) => jieba.cut(text, true);
  }
  const { readChineseData } = await import('@wordloom/chinese-dictionary/node');
  const { loadChineseSegmenter } = await import('@wordloom/tokenizer/chinese');
  const segmenter = loadChineseSegmenter(await readChineseData());
  return (text) => segmenter.segment(text);
}

async function score(segment: (text: string) => string[], goldPath: string): Promise<number> {
  const { evaluateSegmentation, parseSegmentedText } = await import('@wordloom/tokenizer/chinese');
  const boundaries = (text: string): Int32Array => {
    let end = 0;
    return Int32Array.from(segment(text), (word) => {
      end += word.length;
      return end;
    });
  };
  return evaluateSegmentation({ boundaries }, parseSegmentedText(await readFile(goldPath, 'utf8'))).f1;
}
