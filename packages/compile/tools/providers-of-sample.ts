import { operatorSignature } from '../src/explain/operator-signature.ts';
import { operatorsOf } from '../src/explain/operators-of.ts';
import { PROVIDER_FINDINGS } from './provider-findings.ts';
import type { KernelSample } from './samples/sample.ts';
import { sampleGraph } from './samples/sample-graph.ts';

const ON_GPU = new Set(PROVIDER_FINDINGS.onGpu);
const ON_PROCESSOR = new Set(PROVIDER_FINDINGS.onProcessor);

/**
 * Where the operators of samples of one kernel run on WebGPU, in words: `GPU`, or what runs on the processor, or why it fails.
 *
 * @throws {Error} if an operator is new: what is known of providers is older than the code
 */
export function providersOf(samples: readonly KernelSample[]): string {
  const failures: string[] = [];
  const fallbacks = new Set<string>();
  for (const sample of samples) {
    for (const type of sample.types) {
      const failure = PROVIDER_FINDINGS.failures[`${sample.kernel} ${type}`];
      if (failure) failures.push(`fails on ${type}: ${failure.replace(/\.$/, '')}`);
      else for (const signature of fallbacksOf(sample, type)) fallbacks.add(signature);
    }
  }
  const parts = [...failures, ...[...fallbacks].sort().map((signature) => `\`${signature}\``)];
  return parts.length > 0 ? parts.join(', ') : 'GPU';
}

function fallbacksOf(sample: KernelSample, type: KernelSample['types'][number]): string[] {
  const signatures = operatorsOf(sampleGraph(sample, type)).map(operatorSignature);
  const unknown = signatures.find((known) => !ON_GPU.has(known) && !ON_PROCESSOR.has(known));
  if (unknown) {
    throw new Error(
      `providersOf: ${sample.kernel} uses ${unknown}, and nobody knows where that runs. Run tools/write-providers.ts.`,
    );
  }
  return signatures.filter((signature) => ON_PROCESSOR.has(signature));
}
