import * as tf from '@tensorflow/tfjs-core';
import type { ComposedKernels } from './composed-kernel.ts';

type Interpolation = 'bilinear' | 'nearest';

interface CropAttributes {
  readonly cropSize: readonly [number, number];
  readonly method: Interpolation;
  readonly extrapolationValue: number;
}

interface TransformAttributes {
  readonly interpolation: Interpolation;
  readonly fillMode: 'constant' | 'reflect' | 'wrap' | 'nearest';
  readonly fillValue: number;
  readonly outputShape?: readonly [number, number] | null;
}

interface RotationAttributes {
  readonly radians: number;
  readonly fillValue: number | readonly number[];
  readonly center: number | [number, number];
}

/** Images read at computed places: `[batch, height, width, channels]`, and coordinates in pixels. */
export const samplingKernels: ComposedKernels = {
  CropAndResize: ({ image, boxes, boxInd }, { cropSize, method, extrapolationValue }: CropAttributes) => {
    const [, height, width, channels] = image!.shape as Shape4;
    const [rows, columns] = cropSize;
    const count = boxes!.shape[0]!;
    const [top, left, bottom, right] = tf.unstack(boxes!, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const y = tf.expandDims(spaced(top, bottom, height, rows), 2); // [boxes, rows, 1]
    const x = tf.expandDims(spaced(left, right, width, columns), 1); // [boxes, 1, columns]
    const inside = tf.logicalAnd(within(y, 0, height - 1), within(x, 0, width - 1));
    const places = { y: tf.clipByValue(y, 0, height - 1), x: tf.clipByValue(x, 0, width - 1) };
    const read = reader(tf.cast(image!, 'float32'), tf.reshape(boxInd!, [count, 1, 1]));
    const shape: Shape4 = [count, rows, columns, channels];
    const pixels = method === 'bilinear' ? bilinear(read, places) : nearest(read, places);
    return tf.where(spread(inside, shape), tf.broadcastTo(pixels, shape), tf.fill(shape, extrapolationValue));
  },

  /** Row `[a₀ a₁ a₂ b₀ b₁ b₂ c₀ c₁]` maps output (x, y) to input ((a₀x + a₁y + a₂) / k, (b₀x + b₁y + b₂) / k), k = c₀x + c₁y + 1. */
  Transform: ({ image, transforms }, attributes: TransformAttributes) => {
    const { interpolation, fillMode, fillValue, outputShape } = attributes;
    const [batch, height, width, channels] = image!.shape as Shape4;
    const [rows, columns] = outputShape ?? [height, width];
    const entries = tf.unstack(tf.reshape(transforms!, [-1, 8, 1, 1]), 1);
    const [a0, a1, a2, b0, b1, b2, c0, c1] = entries as [
      Entry,
      Entry,
      Entry,
      Entry,
      Entry,
      Entry,
      Entry,
      Entry,
    ];
    const outX = tf.reshape(tf.range(0, columns), [1, 1, columns]);
    const outY = tf.reshape(tf.range(0, rows), [1, rows, 1]);
    const at = (u: Entry, v: Entry, w: Entry | number): tf.Tensor =>
      tf.add(tf.add(tf.mul(u, outX), tf.mul(v, outY)), w); // [batch or 1, rows, columns]
    const depth = at(c0, c1, 1);
    const infinite = tf.equal(depth, 0);
    const finiteDepth = tf.where(infinite, tf.onesLike(depth), depth);
    const places = {
      y: filled(tf.div(at(b0, b1, b2), finiteDepth), height, fillMode),
      x: filled(tf.div(at(a0, a1, a2), finiteDepth), width, fillMode),
    };
    const images = tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1, 1]);
    const read = reader(image!, images, fillValue);
    const pixels = interpolation === 'bilinear' ? bilinear(read, places) : nearest(read, places);
    const shape: Shape4 = [batch, rows, columns, channels];
    return tf.where(spread(infinite, shape), tf.fill(shape, fillValue), pixels);
  },

  RotateWithOffset: ({ image }, { radians, fillValue, center }: RotationAttributes) => {
    const [batch, height, width, channels] = image!.shape as Shape4;
    const { places, inside } = rotated(
      height,
      width,
      radians,
      tf.backend_util.getImageCenter(center, height, width),
    );
    const pixels = tf.gather(
      tf.reshape(image!, [batch, height * width, channels]),
      tf.tensor1d(places, 'int32'),
      1,
    );
    const opaque = 255;
    const fill = Float32Array.from({ length: channels }, (_, channel) =>
      typeof fillValue === 'number' ? fillValue : channel === 3 ? opaque : fillValue[channel]!,
    );
    const shape = [batch, height * width, channels];
    const mask = tf.broadcastTo(tf.tensor(inside, [1, height * width, 1], 'bool'), shape);
    const chosen = tf.where(mask, pixels, tf.broadcastTo(tf.tensor(fill, [1, 1, channels]), shape));
    return tf.reshape(chosen, image!.shape);
  },
};

type Shape4 = [batch: number, height: number, width: number, channels: number];
/** One number of each transform, `[batch or 1, 1, 1]`. */
type Entry = tf.Tensor;
type Places = { readonly y: tf.Tensor; readonly x: tf.Tensor };
/** Pixels, `[…, channels]`, at whole rows and columns. */
type Reader = (row: tf.Tensor, column: tf.Tensor) => tf.Tensor;

/** `count` coordinates from one end to the other, each a part of the axis: `[boxes, count]`; one stands in the middle. */
function spaced(from: tf.Tensor, to: tf.Tensor, size: number, count: number): tf.Tensor {
  const first = tf.mul(tf.expandDims(from, 1), size - 1);
  const last = tf.mul(tf.expandDims(to, 1), size - 1);
  if (count === 1) return tf.mul(tf.add(first, last), 0.5);
  const steps = tf.reshape(tf.range(0, count), [1, count]);
  return tf.add(first, tf.mul(steps, tf.div(tf.sub(last, first), count - 1)));
}

/** Reads pixels of the images with the given numbers; outside them, the fill value. */
function reader(images: tf.Tensor, numbers: tf.Tensor, fillValue?: number): Reader {
  const [batch, height, width, channels] = images.shape as Shape4;
  const table = tf.reshape(images, [batch * height * width, channels]);
  return (row, column) => {
    const rows = tf.cast(tf.clipByValue(row, 0, height - 1), 'int32');
    const columns = tf.cast(tf.clipByValue(column, 0, width - 1), 'int32');
    const int = (value: number): tf.Scalar => tf.scalar(value, 'int32');
    const line = tf.add(tf.mul(numbers, int(height)), rows);
    const pixels = tf.gather(table, tf.add(tf.mul(line, int(width)), columns));
    if (fillValue === undefined) return pixels;
    const inside = tf.logicalAnd(within(row, 0, height - 1), within(column, 0, width - 1));
    return tf.where(spread(inside, pixels.shape as Shape4), pixels, tf.fill(pixels.shape, fillValue));
  };
}

function nearest(read: Reader, { y, x }: Places): tf.Tensor {
  return read(tf.floor(tf.add(y, 0.5)), tf.floor(tf.add(x, 0.5)));
}

function bilinear(read: Reader, { y, x }: Places): tf.Tensor {
  const [top, left] = [tf.floor(y), tf.floor(x)];
  const [bottom, right] = [tf.add(top, 1), tf.add(left, 1)];
  const between = (first: tf.Tensor, second: tf.Tensor, part: tf.Tensor): tf.Tensor =>
    tf.add(first, tf.mul(tf.sub(second, first), tf.expandDims(part, -1)));
  const across = (row: tf.Tensor): tf.Tensor => between(read(row, left), read(row, right), tf.sub(x, left));
  return between(across(top), across(bottom), tf.sub(y, top));
}

/** Where a coordinate outside the image is read, or left outside to be filled. */
function filled(place: tf.Tensor, size: number, mode: TransformAttributes['fillMode']): tf.Tensor {
  const clipped = (x: tf.Tensor): tf.Tensor => tf.clipByValue(x, 0, size - 1);
  // Two pixels outside everything is filled; farther off, numbers might not fit into integers.
  if (mode === 'constant') return tf.clipByValue(place, -2, size + 1);
  if (mode === 'nearest') return clipped(place);
  if (size <= 1) return tf.zerosLike(place);
  const whole = (x: tf.Tensor, period: number): tf.Tensor => tf.floor(tf.div(x, period)); // of x ≥ 0
  const [below, above] = [tf.less(place, 0), tf.greater(place, size - 1)];
  if (mode === 'wrap') {
    const period = size - 1;
    const up = tf.add(place, tf.mul(tf.add(whole(tf.relu(tf.neg(place)), period), 1), size));
    const down = tf.sub(place, tf.mul(whole(tf.relu(place), period), size));
    return clipped(tf.where(below, up, tf.where(above, down, place)));
  }
  const period = 2 * size;
  const raised = tf.add(place, tf.mul(whole(tf.relu(tf.neg(place)), period), period));
  const up = tf.where(tf.less(raised, -size), tf.add(raised, period), tf.sub(tf.neg(raised), 1));
  const lowered = tf.sub(place, tf.mul(whole(tf.relu(place), period), period));
  const down = tf.where(tf.greaterEqual(lowered, size), tf.sub(period - 1, lowered), lowered);
  return clipped(tf.where(below, up, tf.where(above, down, place)));
}

/** Which pixel each pixel of a rotated image was, and whether it was in the image. */
function rotated(
  height: number,
  width: number,
  radians: number,
  [centerX, centerY]: readonly [number, number],
): { places: Int32Array; inside: Uint8Array } {
  const places = new Int32Array(height * width);
  const inside = new Uint8Array(height * width);
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = Math.round((column - centerX) * cosine - (row - centerY) * sine + centerX);
      const y = Math.round((column - centerX) * sine + (row - centerY) * cosine + centerY);
      if (x < 0 || x >= width || y < 0 || y >= height) continue;
      places[row * width + column] = y * width + x;
      inside[row * width + column] = 1;
    }
  }
  return { places, inside };
}

function within(x: tf.Tensor, low: number, high: number): tf.Tensor {
  return tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high));
}

/** The same flag for every channel. */
function spread(flags: tf.Tensor, shape: Shape4): tf.Tensor {
  return tf.broadcastTo(tf.expandDims(flags, -1), shape);
}
