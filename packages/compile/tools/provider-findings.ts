import { readFileSync } from 'node:fs';

/** What `write-providers.ts` found, the same in Node and in Chromium. */
export interface ProviderFindings {
  /** Of ONNX Runtime's packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** Signatures of operators that the WebGPU provider runs, and of those that it leaves to the processor. */
  readonly onGpu: readonly string[];
  readonly onProcessor: readonly string[];
  /** What goes wrong, by sample and type. */
  readonly failures: Readonly<Record<string, string>>;
}

export const PROVIDER_FINDINGS = JSON.parse(
  readFileSync(new URL('provider-findings.json', import.meta.url), 'utf8'),
) as ProviderFindings;
