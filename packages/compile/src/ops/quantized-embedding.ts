import * as tf from '@tensorflow/tfjs-core';
import { dequantize, type QuantizedTensor } from '../quantization/quantized-tensor.ts';
import { EXPAND_ROWS, type WeightAttributes } from '../quantization/weight-kernels.ts';
import { ShapeError } from '../tensor-data.ts';
import { isTracing } from '../trace/trace-backend.ts';

/**
 * Rows of a frozen table in few bits, by index. Compiled, only the rows that are asked for are expanded.
 *
 * @param table `[rows, size]`
 * @param ids   int32, any shape; values in [0, rows)
 * @returns `[...ids.shape, size]`, without a gradient
 * @throws {ShapeError} if the table is not a matrix @throws {TypeError} if ids are not int32
 */
export function quantizedEmbedding(table: QuantizedTensor, ids: tf.Tensor): tf.Tensor {
  if (table.shape.length !== 2)
    throw new ShapeError(`quantizedEmbedding: table must be [rows, size], got [${table.shape}].`);
  if (ids.dtype !== 'int32') throw new TypeError(`quantizedEmbedding: ids must be int32, got ${ids.dtype}.`);
  return tf.tidy(() => {
    const flatIds = tf.reshape(ids, [ids.size]) as tf.Tensor1D;
    return tf.reshape(rowsOf(table, flatIds), [...ids.shape, table.shape[1]!]);
  });
}

function rowsOf(weight: QuantizedTensor, ids: tf.Tensor1D): tf.Tensor {
  if (!isTracing()) return tf.gather(tf.tensor2d(dequantize(weight), weight.shape as [number, number]), ids);
  const attributes: WeightAttributes = { weight };
  return tf.engine().runKernel(EXPAND_ROWS, { ids }, attributes as unknown as tf.NamedAttrMap) as tf.Tensor;
}
