import { square } from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { gradientCheck } from './gradient-check.ts';

test('an application that has not registered the CPU backend is told to', async () => {
  const x = tensorData(Float32Array.of(1), [1]);
  await expect(gradientCheck(({ x }) => square(x!), { x })).rejects.toThrow(
    /^gradientCheck: tfjs's CPU backend must be registered, got .*\. Import '@tensorflow\/tfjs-backend-cpu' first\.$/,
  );
});
