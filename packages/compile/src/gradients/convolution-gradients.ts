import * as tf from '@tensorflow/tfjs-core';
import { withGaps } from '../composed/spread.ts';
import { isTracing } from '../trace/trace-backend.ts';

/**
 * The kernels of one kind of convolution. With Σ conv(x, filter) · dy = T(x, filter, dy), each of the three is the derivative
 * of T by the argument that it lacks, so the gradient of each is the other two.
 */
interface Convolution {
  readonly forward: string;
  readonly input: string;
  readonly filter: string;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { forward: 'Conv2D', input: 'Conv2DBackpropInput', filter: 'Conv2DBackpropFilter' },
  { forward: 'Conv3D', input: 'Conv3DBackpropInputV2', filter: 'Conv3DBackpropFilterV2' },
  {
    forward: 'DepthwiseConv2dNative',
    input: 'DepthwiseConv2dNativeBackpropInput',
    filter: 'DepthwiseConv2dNativeBackpropFilter',
  },
];

type Attributes = Readonly<Record<string, unknown>>;

/** Gradients of convolutions, with dilations too, which those of tfjs refuse, and of their gradients. */
export const convolutionGradients: readonly tf.GradConfig[] = CONVOLUTIONS.flatMap(
  (kernels): tf.GradConfig[] => [
    {
      kernelName: kernels.forward,
      inputsToSave: ['x', 'filter'],
      gradFunc: (dy, saved, attributes) => {
        const [x, filter] = saved as [tf.Tensor, tf.Tensor];
        const d = dy as tf.Tensor;
        return {
          x: () => byInput(kernels, { dy: d, filter }, x.shape, attributes),
          filter: () => byFilter(kernels, { x, dy: d }, filter.shape, attributes),
        };
      },
    },
    {
      kernelName: kernels.input,
      inputsToSave: ['dy', 'filter'],
      gradFunc: (dx, saved, attributes) => {
        const [dy, filter] = saved as [tf.Tensor, tf.Tensor];
        const x = dx as tf.Tensor;
        return {
          dy: () => run(kernels.forward, { x, filter }, { dilations: 1, ...attributes }),
          filter: () => byFilter(kernels, { x, dy }, filter.shape, attributes),
        };
      },
    },
    {
      kernelName: kernels.filter,
      inputsToSave: ['x', 'dy'],
      gradFunc: (dw, saved, attributes) => {
        const [x, dy] = saved as [tf.Tensor, tf.Tensor];
        const filter = dw as tf.Tensor;
        return {
          x: () => byInput(kernels, { dy, filter }, x.shape, attributes),
          dy: () => run(kernels.forward, { x, filter }, { dilations: 1, ...attributes }),
        };
      },
    },
  ],
);

function byInput(
  { input }: Convolution,
  { dy, filter }: { readonly dy: tf.Tensor; readonly filter: tf.Tensor },
  inputShape: number[],
  attributes: Attributes,
): tf.Tensor {
  const gaps = gapsOf(filter.shape, attributes);
  if (!gaps) return run(input, { dy, filter }, { ...attributes, inputShape });
  return run(input, { dy, filter: withGaps(filter, gaps) }, { ...attributes, dilations: 1, inputShape });
}

function byFilter(
  { filter }: Convolution,
  { x, dy }: { readonly x: tf.Tensor; readonly dy: tf.Tensor },
  filterShape: number[],
  attributes: Attributes,
): tf.Tensor {
  const gaps = gapsOf(filterShape, attributes);
  if (!gaps) return run(filter, { x, dy }, { ...attributes, filterShape });
  const wide = filterShape.map((size, axis) => (size - 1) * (gaps[axis] ?? 1) + 1);
  const slope = run(filter, { x, dy }, { ...attributes, dilations: 1, filterShape: wide });
  return tf.stridedSlice(
    slope,
    wide.map(() => 0),
    wide,
    wide.map((_, axis) => gaps[axis] ?? 1),
  );
}

/** Dilations along the spatial axes, where the kernels do not know them: eager ones differentiate plain filters only. */
function gapsOf(filterShape: readonly number[], { dilations }: Attributes): number[] | undefined {
  const given = (dilations ?? 1) as number | number[];
  const gaps = typeof given === 'number' ? filterShape.slice(0, -2).map(() => given) : given;
  return isTracing() || gaps.every((gap) => gap === 1) ? undefined : gaps;
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor;
}
