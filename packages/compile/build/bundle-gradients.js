// Bundles the gradient definitions of the installed @tensorflow/tfjs-core for Node, whose module resolution cannot
// load them as they are published. Runs on install.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const tfjs = dirname(require.resolve('@tensorflow/tfjs-core/package.json'));

await build({
  entryPoints: [join(tfjs, 'dist/register_all_gradients.js')],
  outfile: fileURLToPath(new URL('../generated/tfjs-gradients.js', import.meta.url)),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'inline',
  logLevel: 'warning',
});
