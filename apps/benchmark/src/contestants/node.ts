import { fileURLToPath } from 'node:url';
import type { Launch } from './contestant.ts';

/** What computes in a Node contestant: Wordloom's compiled graphs, tfjs eagerly on its WebAssembly backend, or jax-js. */
export type NodeEngine = 'wordloom' | 'tfjs-wasm' | 'jax-js';

const PROGRAM = fileURLToPath(new URL('./node-main.ts', import.meta.url));

/** A Node process like this one (the same loader for TypeScript) that runs one engine. */
export function nodeLaunch(engine: NodeEngine): Launch {
  return {
    name: engine === 'wordloom' ? 'Wordloom' : engine,
    command: process.execPath,
    arguments: [...process.execArgv, PROGRAM, engine],
  };
}
