import { fileURLToPath } from 'node:url';
import type { Launch } from './contestant.ts';

/** What computes in a Node contestant: Wordloom's compiled graphs, or tfjs eagerly on its WebAssembly backend. */
export type NodeEngine = 'wordloom' | 'tfjs-wasm';

const PROGRAM = fileURLToPath(new URL('./node-main.ts', import.meta.url));

/** A Node process like this one (the same loader for TypeScript) that runs one engine. */
export function nodeLaunch(engine: NodeEngine): Launch {
  return {
    name: engine === 'wordloom' ? 'Wordloom' : 'tfjs-wasm',
    command: process.execPath,
    arguments: [...process.execArgv, PROGRAM, engine],
  };
}
