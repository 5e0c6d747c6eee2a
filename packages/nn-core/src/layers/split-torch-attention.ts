import { ShapeError, type TensorData, tensorData } from '@wordloom/compile';

/** PyTorch's names of one `MultiheadAttention`, and where their tensors go here. */
const RENAMED: Readonly<Record<string, string>> = {
  q_proj_weight: 'query.weight',
  k_proj_weight: 'key.weight',
  v_proj_weight: 'value.weight',
  'out_proj.weight': 'output.weight',
  'out_proj.bias': 'output.bias',
};

const PARTS = ['query', 'key', 'value'];

/**
 * Takes PyTorch's `MultiheadAttention` tensors apart, which keep queries, keys and values in one: `in_proj_weight` becomes
 * `query.weight`, `key.weight` and `value.weight`, `out_proj.weight` becomes `output.weight`, and so on. Other names stay.
 *
 * @param tensors by dotted names, of one layer or of a whole model
 * @returns tensors for {@link loadParameters} on a model with a {@link MultiHeadAttention} in each such place; views, not
 * copies
 * @throws {ShapeError} if a joined tensor's rows are no multiple of 3
 */
export function splitTorchAttention(tensors: ReadonlyMap<string, TensorData>): Map<string, TensorData> {
  const split = new Map<string, TensorData>();
  for (const [name, tensor] of tensors) {
    const joined = /^(.*\.|)in_proj_(weight|bias)$/.exec(name);
    if (joined) {
      for (const [index, part] of thirds(name, tensor).entries()) {
        split.set(`${joined[1]}${PARTS[index]}.${joined[2]}`, part);
      }
      continue;
    }
    const old = Object.keys(RENAMED).find((ending) => name === ending || name.endsWith(`.${ending}`));
    split.set(old ? name.slice(0, name.length - old.length) + RENAMED[old] : name, tensor);
  }
  return split;
}

function thirds(name: string, { data, shape: [rows, ...rest] }: TensorData): TensorData[] {
  if (rows === undefined || rows % 3 !== 0) {
    throw new ShapeError(`splitTorchAttention: ${name} must have a multiple of 3 rows, got ${rows}.`);
  }
  const length = data.length / 3;
  return PARTS.map((_, index) =>
    tensorData(data.subarray(index * length, (index + 1) * length), [rows / 3, ...rest]),
  );
}
