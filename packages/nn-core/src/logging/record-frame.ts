import { crc32c } from './crc32c.ts';

const LENGTH_BYTES = 8;
const CHECK_BYTES = 4;

/**
 * A record of TensorFlow's TFRecord format: its length (64 bits), the length's masked check, the bytes and their masked
 * check, the least significant byte first.
 *
 * @see https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function recordFrame(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + CHECK_BYTES + bytes.length + CHECK_BYTES);
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(LENGTH_BYTES, maskedCheck(frame.subarray(0, LENGTH_BYTES)), true);
  frame.set(bytes, LENGTH_BYTES + CHECK_BYTES);
  view.setUint32(frame.length - CHECK_BYTES, maskedCheck(bytes), true);
  return frame;
}

/** Rotated and shifted: a check of bytes that hold checks themselves would be weak. */
function maskedCheck(bytes: Uint8Array): number {
  const check = crc32c(bytes);
  return (((check >>> 15) | (check << 17)) + 0xa282_ead8) >>> 0;
}
