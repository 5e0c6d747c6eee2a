import { DROPOUT_MASK } from './dropout-mask.wasm.ts';

/** What assembly/dropout-mask.ts exports. */
interface MaskExports {
  readonly memory: WebAssembly.Memory;
  chunkStart(): number;
  fill(blocks: number, key0: number, key1: number, first: number, threshold: number, scale: number): void;
}

/** Groups of four factors that the kernel draws in one call: 64 KiB of them, which stay in the processor's cache. */
const CHUNK_BLOCKS = 4096;
/** Groups that it draws in one go. */
const STRIDE = 8;

let kernel: { readonly run: MaskExports; readonly factors: Float32Array } | undefined | null;

/**
 * Draws as many of the first factors of a mask as the kernel can, in SIMD WebAssembly. Their number is 0 where there is none: a page's security policy may forbid
 * WebAssembly.
 *
 * @returns how many factors were drawn, a multiple of 32
 */
export function fillByKernel(
  mask: Float32Array,
  [key0, key1]: readonly [number, number],
  firstBlock: number,
  threshold: number,
  scale: number,
): number {
  const blocks = STRIDE * Math.floor(mask.length / (4 * STRIDE));
  if (blocks === 0 || threshold > 0xffff) return 0;
  if (kernel === undefined) kernel = startKernel();
  if (!kernel) return 0;
  const { run, factors } = kernel;
  for (let block = 0; block < blocks; block += CHUNK_BLOCKS) {
    const count = Math.min(CHUNK_BLOCKS, blocks - block);
    run.fill(count, key0, key1, firstBlock + block, threshold, scale);
    mask.set(count === CHUNK_BLOCKS ? factors : factors.subarray(0, 4 * count), 4 * block);
  }
  return 4 * blocks;
}

function startKernel(): NonNullable<typeof kernel> | null {
  try {
    const binary = Uint8Array.from(atob(DROPOUT_MASK), (character) => character.charCodeAt(0));
    const run = new WebAssembly.Instance(new WebAssembly.Module(binary), {})
      .exports as unknown as MaskExports;
    return { run, factors: new Float32Array(run.memory.buffer, run.chunkStart(), 4 * CHUNK_BLOCKS) };
  } catch {
    return null;
  }
}
