import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { launchChromium, servePage } from '@wordloom/chromium';
import type { ProviderFindings } from './provider-findings.ts';
import type { SampleFindings } from './providers/run-samples.ts';

// Finds out where ONNX Runtime's WebGPU provider runs each operator, in Node and in Chromium, on a GPU in software. Run with:
// node --conditions=@wordloom/source --import tsx tools/write-providers.ts && node … tools/write-coverage.ts

/** Chromium brings a GPU in software, with its loader. */
const CHROMIUM = '/usr/lib/chromium';

async function inNode(): Promise<SampleFindings> {
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: CHROMIUM,
    VK_ICD_FILENAMES: `${CHROMIUM}/vk_swiftshader_icd.json`,
  };
  const program = fileURLToPath(new URL('providers/node-main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program], {
    env,
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout) as SampleFindings;
}

async function inChromium(): Promise<SampleFindings> {
  const served = await servePage(fileURLToPath(new URL('providers/page', import.meta.url)));
  const browser = await launchChromium({ softwareGpu: true });
  try {
    const page = await browser.newPage();
    await page.goto(served.address);
    await page.waitForFunction('typeof measure === "function"');
    return await page.evaluate<SampleFindings>('measure()');
  } finally {
    await browser.close();
    await served.close();
  }
}

/** Sorted, so that files can be compared. @throws {Error} if an operator runs here on one provider and there on another */
function summarize({ providers, failures }: SampleFindings): Omit<ProviderFindings, 'versions'> {
  const signatures = Object.keys(providers).sort();
  const mixed = signatures.filter((signature) => providers[signature]!.length > 1);
  if (mixed.length > 0)
    throw new Error(`write-providers: types do not decide where these run: ${mixed.join('; ')}.`);
  const isOnGpu = (signature: string): boolean => providers[signature]![0] === 'WebGpuExecutionProvider';
  return {
    onGpu: signatures.filter(isOnGpu),
    onProcessor: signatures.filter((signature) => !isOnGpu(signature)),
    failures: Object.fromEntries(
      Object.keys(failures)
        .sort()
        .map((sample) => [sample, failures[sample]!.replace(/^.*Status Message: (\S+\.cc:\d+ \w+ )?/, '')]),
    ),
  };
}

function versionOf(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

const [node, chromium] = [summarize(await inNode()), summarize(await inChromium())];
if (!isDeepStrictEqual(node, chromium)) {
  throw new Error(
    `write-providers: Node and Chromium disagree: ${JSON.stringify(node)} and ${JSON.stringify(chromium)}.`,
  );
}
const findings: ProviderFindings = {
  versions: {
    'onnxruntime-node': versionOf('onnxruntime-node'),
    'onnxruntime-web': versionOf('onnxruntime-web'),
  },
  ...node,
};
writeFileSync(
  new URL('provider-findings.json', import.meta.url),
  `${JSON.stringify(findings, undefined, 2)}\n`,
);
writeFileSync(
  new URL('../src/runtime/webgpu-fallbacks.ts', import.meta.url),
  `/**
 * Operators that ONNX Runtime ${findings.versions['onnxruntime-node']}'s WebGPU provider leaves to the processor, by \`operatorSignature\`. Written by
 * tools/write-providers.ts from what ran where.
 */
export const WEBGPU_FALLBACKS: ReadonlySet<string> = new Set([
${findings.onProcessor.map((signature) => `  '${signature}',\n`).join('')}]);
`,
);
