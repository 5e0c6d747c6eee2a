import { readFileSync } from 'node:fs';
import { loadTiktoken, tiktokenEncodings } from '@wordloom/tokenizer';
const name = process.argv[2] as 'o200k_base';
const ranks = readFileSync(`/tmp/enc/r/${name}`);
let t = performance.now();
const tok = loadTiktoken(ranks, tiktokenEncodings[name]);
console.log('load', (performance.now() - t).toFixed(0)); t = performance.now();
tok.encode('hello'); console.log('first', (performance.now() - t).toFixed(0));
const text = readFileSync(process.argv[3]!, 'utf8').slice(0, +process.argv[4]!);
const n = Buffer.byteLength(text);
const r: string[] = [];
for (let i = 0; i < 12; i++) { const s = performance.now(); tok.encode(text); r.push((n / 1e3 / (performance.now() - s)).toFixed(1)); }
console.log(r.join(' '));
