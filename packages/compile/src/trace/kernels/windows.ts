import type * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '../../graph/graph.ts';

type Info2D = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Info3D = ReturnType<typeof tf.backend_util.computeConv3DInfo>;

/** How a filter or a pooling window moves along one spatial axis. */
export interface WindowAxis {
  /** Elements of the input that take part: all but the first `skipped` and the last `dropped`. */
  readonly size: number;
  readonly skipped: number;
  readonly dropped: number;
  /** Elements of the window. */
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding on each side, as much as the last window needs. */
  readonly before: number;
  readonly after: number;
  readonly out: number;
  /** Elements at the end that no window reaches. */
  readonly unreached: number;
}

/** The axes of a convolution or pooling as tfjs describes it: height and width, or depth, height and width. */
export function windowAxes(info: Info2D | Info3D): WindowAxis[] {
  const { padInfo } = info;
  const axis = (
    size: number,
    window: number,
    stride: number,
    dilation: number,
    out: number,
    before: number,
  ): WindowAxis => {
    // Strides longer than the window make tfjs pad three axes by less than nothing: it begins later.
    const skipped = Math.max(0, -before);
    const padded = Math.max(0, before);
    const reached = (out - 1) * stride + (window - 1) * dilation + 1 - padded;
    const rest = Math.max(0, size - skipped - reached);
    // Where padding is a number, tfjs computes the width by the window and stride of the height: ONNX would go further.
    const dropped = rest >= stride ? rest : 0;
    return {
      size: size - skipped - dropped,
      skipped,
      dropped,
      window,
      stride,
      dilation,
      before: padded,
      after: Math.max(0, reached - (size - skipped)), // rounding up lets the last window hang over
      out,
      unreached: rest - dropped,
    };
  };
  const planar = [
    axis(
      info.inHeight,
      info.filterHeight,
      info.strideHeight,
      info.dilationHeight,
      info.outHeight,
      padInfo.top,
    ),
    axis(info.inWidth, info.filterWidth, info.strideWidth, info.dilationWidth, info.outWidth, padInfo.left),
  ];
  if (!('inDepth' in info)) return planar;
  const { inDepth, filterDepth, strideDepth, dilationDepth, outDepth } = info;
  return [axis(inDepth, filterDepth, strideDepth, dilationDepth, outDepth, info.padInfo.front), ...planar];
}

/** ONNX's attributes of a moving window. */
export interface WindowAttributes extends Attributes {
  readonly pads: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** ONNX's attributes; `swapped` exchanges steps and gaps, for a convolution with what the first one gave. */
export function windowAttributes(
  axes: readonly WindowAxis[],
  roles: 'usual' | 'swapped' = 'usual',
): WindowAttributes {
  const steps = axes.map(({ stride }) => stride);
  const gaps = axes.map(({ dilation }) => dilation);
  const [strides, dilations] = roles === 'usual' ? [steps, gaps] : [gaps, steps];
  return {
    pads: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)],
    strides,
    dilations,
  };
}

/** One over the number of elements, without padding, of each window: row-major over the output's places. */
export function windowShares(axes: readonly WindowAxis[]): Float32Array {
  let shares = [1];
  for (const { size, window, stride, before, out } of axes) {
    const counts = Array.from({ length: out }, (_, index) => {
      const begin = index * stride - before;
      return Math.min(size, begin + window) - Math.max(0, begin);
    });
    shares = shares.flatMap((share) => counts.map((count) => share / count));
  }
  return Float32Array.from(shares);
}
