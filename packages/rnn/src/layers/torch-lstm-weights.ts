import { ShapeError, type TensorData, tensorData } from '@wordloom/compile';

/** The weights of one LSTM layer as Keras and many others have them: inputs in rows, gates side by side in columns. */
export interface ColumnLstmWeights {
  /** `[inputSize, 4 · hiddenSize]` */
  readonly kernel: TensorData;
  /** `[hiddenSize, 4 · hiddenSize]` */
  readonly recurrentKernel: TensorData;
  /** `[4 · hiddenSize]`; default none. */
  readonly bias?: TensorData;
  /** Which gate each quarter of the columns is: i input, f forget, g candidate, o output. Keras has `ifgo`, its default. */
  readonly gates?: string;
}

/**
 * Weights of an LSTM layer as PyTorch and {@link Lstm} have them.
 *
 * @returns `weight_ih_l0`, `weight_hh_l0`, and, where there is a bias, `bias_ih_l0` with it and `bias_hh_l0` of zeros
 * @throws {ShapeError} if the shapes do not fit each other @throws {RangeError} if `gates` is no order of i, f, g and o
 * @example
 * loadParameters(lstm, new Map(Object.entries(torchLstmWeights({ kernel, recurrentKernel, bias, gates: 'ifgo' }))));
 */
export function torchLstmWeights({
  kernel,
  recurrentKernel,
  bias,
  gates = 'ifgo',
}: ColumnLstmWeights): Record<string, TensorData> {
  const [hiddenSize, columns] = recurrentKernel.shape as [number, number];
  const fits =
    columns === 4 * hiddenSize && kernel.shape[1] === columns && (!bias || `${bias.shape}` === `${columns}`);
  if (!fits || kernel.shape.length !== 2) {
    throw new ShapeError(
      `torchLstmWeights: kernel, recurrentKernel and bias must be [inputs, 4 H], [H, 4 H] and [4 H], got [${kernel.shape}], [${recurrentKernel.shape}] and ${bias ? `[${bias.shape}]` : 'none'}.`,
    );
  }
  if ([...gates].sort().join('') !== 'fgio') {
    throw new RangeError(
      `torchLstmWeights: gates must be an order of i, f, g and o, got ${JSON.stringify(gates)}.`,
    );
  }
  /** The column that becomes a row. */
  const columnOf = (row: number): number =>
    gates.indexOf('ifgo'[Math.floor(row / hiddenSize)]!) * hiddenSize + (row % hiddenSize);
  const turned = ({ data, shape }: TensorData): TensorData => {
    const inputs = shape[0]!;
    const rows = new Float32Array(columns * inputs);
    for (let row = 0; row < columns; row++) {
      for (let input = 0; input < inputs; input++)
        rows[row * inputs + input] = data[input * columns + columnOf(row)]!;
    }
    return tensorData(rows, [columns, inputs]);
  };
  return {
    weight_ih_l0: turned(kernel),
    weight_hh_l0: turned(recurrentKernel),
    ...(bias && {
      bias_ih_l0: tensorData(
        Float32Array.from({ length: columns }, (_, row) => bias.data[columnOf(row)]!),
        [columns],
      ),
      bias_hh_l0: tensorData(new Float32Array(columns), [columns]),
    }),
  };
}
