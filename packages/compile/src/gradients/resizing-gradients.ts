import type * as tf from '@tensorflow/tfjs-core';
import { type AxisMap, axisMap, transposedMaps } from './separable-maps.ts';

/** Attributes of tfjs's resizing kernels. */
export interface ResizeAttributes {
  readonly size: readonly [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * Gradients of resizing, by one product for each axis. tfjs's forget about half pixels, exchange height and width, and
 * read the first image for all.
 */
export const resizingGradients: readonly tf.GradConfig[] = [
  resizingGradient('ResizeBilinear', bilinearMap),
  resizingGradient('ResizeNearestNeighbor', nearestMap),
];

function resizingGradient(
  kernelName: string,
  mapAxis: (from: number, to: number, attributes: ResizeAttributes) => AxisMap,
): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['images'],
    gradFunc: (dy, [images], attributes) => {
      const resize = attributes as unknown as ResizeAttributes;
      const [, height, width] = images!.shape as [number, number, number, number];
      const maps = [mapAxis(height, resize.size[0], resize), mapAxis(width, resize.size[1], resize)];
      return { images: () => transposedMaps(dy as tf.Tensor, maps) };
    },
  };
}

/** Which element of an axis each element of the resized axis is. */
export function nearestPlaces(from: number, to: number, attributes: ResizeAttributes): Int32Array {
  const { alignCorners, halfPixelCenters } = attributes;
  const ratio = ratioOf(from, to, attributes);
  return Int32Array.from({ length: to }, (_, index) => {
    const place = ratio * (halfPixelCenters ? index + 0.5 : index);
    return Math.min(from - 1, alignCorners ? Math.round(place) : Math.floor(place));
  });
}

function nearestMap(from: number, to: number, attributes: ResizeAttributes): AxisMap {
  const map = axisMap(to, from);
  for (const [row, place] of nearestPlaces(from, to, attributes).entries())
    map.matrix[row * from + place] = 1;
  return map;
}

function bilinearMap(from: number, to: number, attributes: ResizeAttributes): AxisMap {
  const map = axisMap(to, from);
  const ratio = ratioOf(from, to, attributes);
  for (let row = 0; row < to; row++) {
    const place = attributes.halfPixelCenters ? ratio * (row + 0.5) - 0.5 : ratio * row;
    const before = Math.max(0, Math.floor(place));
    const after = Math.min(from - 1, Math.ceil(place));
    const part = place - before;
    map.matrix[row * from + before]! += 1 - part;
    map.matrix[row * from + after]! += part;
  }
  return map;
}

/** Elements of the old axis for each of the new one. */
function ratioOf(from: number, to: number, { alignCorners }: ResizeAttributes): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}
