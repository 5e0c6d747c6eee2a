import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';

const SOFTWARE_GPU = [
  '--ignore-gpu-blocklist',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

/** Options of {@link launchChromium}. */
export interface LaunchOptions {
  /** Offers WebGL and WebGPU in software, by SwiftShader: right, and slow. Default false: neither. */
  readonly softwareGpu?: boolean;
}

/**
 * Starts a headless Chromium: see {@link findChromium}.
 *
 * @throws {Error} if there is none
 */
export async function launchChromium({ softwareGpu = false }: LaunchOptions = {}): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath) {
    throw new Error('launchChromium: there is no Chromium. Install it, or name one in CHROMIUM_PATH.');
  }
  const graphics = softwareGpu ? SOFTWARE_GPU : ['--disable-gpu'];
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', ...graphics, '--disable-background-networking', '--disable-component-update'],
  });
}

/**
 * The Chromium of CHROMIUM_PATH, else the system's, else the one that comes with `@sparticuz/chromium` for Linux.
 *
 * @returns its program's path, or undefined if there is none
 */
export async function findChromium(): Promise<string | undefined> {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (existsSync(SYSTEM_CHROMIUM)) return SYSTEM_CHROMIUM;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // The package unpacks the libraries it was built against only where it finds this variable.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: bundled } = await import('@sparticuz/chromium');
  return bundled.executablePath();
}
