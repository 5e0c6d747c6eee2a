import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { runSamples } from './run-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'wordloom-providers-'));
const providers = await runSamples({
  InferenceSession,
  Tensor,
  executionProviders: ['webgpu', 'cpu'],
  options: { profileFilePrefix: join(folder, 'run') },
  async endProfile(session) {
    session.endProfiling();
    const path = join(folder, readdirSync(folder)[0]!);
    const profile = readFileSync(path, 'utf8');
    rmSync(path);
    return profile;
  },
});
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(providers));
