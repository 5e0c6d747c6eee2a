import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { ensureGradients, registerMissingKernels } from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';
import { differences, reduced } from './random-programs/differences.ts';
import { drawProgram, leaves } from './random-programs/random-program.ts';

/** For looking further: `RANDOM_PROGRAMS=2000 RANDOM_PROGRAM_SEED=5000 npx vitest run test/random-programs.test.ts`. */
const COUNT = Number(process.env.RANDOM_PROGRAMS ?? 12);
const SEED = Number(process.env.RANDOM_PROGRAM_SEED ?? 1);

const runtime = await nodeRuntime({ threads: 1 });

test(
  `${COUNT} random programs compute the same compiled and eager, and have the same gradients`,
  async () => {
    await tf.setBackend('cpu');
    ensureGradients();
    registerMissingKernels();
    const reports: string[] = [];
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const program = drawProgram(seed, 10 + (seed % 31));
      const found = await differences(runtime, program, leaves(program));
      if (found.length > 0)
        reports.push(`${found[0]!.text.slice(0, 600)}\n${await reduced(runtime, program)}`);
    }
    expect(reports.join('\n\n')).toBe('');
  },
  Math.max(60_000, COUNT * 1000),
);
