/** Where a parameter stands in a Hugging Face GPT-2 checkpoint. */
export interface Gpt2Place {
  /** Without the `transformer.` prefix. */
  readonly name: string;
  /** Whether it is a Conv1D weight: stored `[in, out]`, the transpose of ours. */
  readonly transposed: boolean;
}

/** Our property paths, and theirs. */
const MODULES: Readonly<Record<string, Gpt2Place>> = {
  tokenEmbedding: { name: 'wte', transposed: false },
  positionEmbedding: { name: 'wpe', transposed: false },
  finalNorm: { name: 'ln_f', transposed: false },
};

const BLOCK_MODULES: Readonly<Record<string, Gpt2Place>> = {
  attentionNorm: { name: 'ln_1', transposed: false },
  'attention.queryKeyValue': { name: 'attn.c_attn', transposed: true },
  'attention.output': { name: 'attn.c_proj', transposed: true },
  feedForwardNorm: { name: 'ln_2', transposed: false },
  'feedForward.expand': { name: 'mlp.c_fc', transposed: true },
  'feedForward.contract': { name: 'mlp.c_proj', transposed: true },
};

/**
 * The Hugging Face place of a parameter of our GPT.
 *
 * @param name as `namedParameters` gives it
 * @throws {Error} for a parameter GPT-2 does not have
 * @example
 * gpt2Place('blocks.0.attention.output.weight'); // { name: 'h.0.attn.c_proj.weight', transposed: true }
 */
export function gpt2Place(name: string): Gpt2Place {
  const [, layer, path, kind] = /^(?:blocks\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name) ?? [];
  const module = layer === undefined ? MODULES[path ?? ''] : BLOCK_MODULES[path ?? ''];
  if (!module) throw new Error(`gpt2Place: name must be a parameter that GPT-2 has, got '${name}'.`);
  const prefix = layer === undefined ? '' : `h.${layer}.`;
  return {
    name: `${prefix}${module.name}.${kind}`,
    transposed: module.transposed && kind === 'weight',
  };
}

/** Causal masks that old checkpoints carry as tensors. */
export function isMaskBuffer(name: string): boolean {
  return /^h\.\d+\.attn\.(bias|masked_bias)$/.test(name);
}
