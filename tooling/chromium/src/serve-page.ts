import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, defaultClientConditions, type InlineConfig, preview } from 'vite';

/** A page on a local server. */
export interface ServedPage {
  /** With a slash at the end. */
  readonly address: string;
  /** What is served; files may be added. */
  readonly folder: string;
  close(): Promise<void>;
}

// A page must be cross-origin isolated to share memory between WebAssembly threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Builds a page from source and serves it, cross-origin isolated.
 *
 * @param root the folder of its `index.html`
 */
export async function servePage(root: string): Promise<ServedPage> {
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-page-'));
  const options: InlineConfig = {
    configFile: false,
    logLevel: 'error',
    root,
    // Workspace packages from source; ONNX Runtime's WebAssembly from the files that the worker names.
    resolve: {
      conditions: ['@wordloom/source', 'onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
    },
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      minify: false, // tfjs-backend-wasm starts its threads from a function's text, which needs the names that it has
      chunkSizeWarningLimit: Infinity,
    },
    preview: { port: 0, host: '127.0.0.1', headers },
  };
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await build(options);
    const server = await preview(options);
    const close = async (): Promise<void> => {
      await server.close();
      await remove();
    };
    return { address: server.resolvedUrls!.local[0]!, folder, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
