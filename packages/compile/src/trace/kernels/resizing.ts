import { nearestPlaces, type ResizeAttributes } from '../../gradients/resizing-gradients.ts';
import type { Value } from '../../graph/graph.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { cast, fromChannelsFirst, toChannelsFirst } from './layout.ts';

/** Images of another size. */
export const resizingKernels: TraceKernels = {
  ResizeBilinear: ({ inputs, attributes, builder }: KernelCall<ResizeAttributes>) => {
    const { size, alignCorners, halfPixelCenters } = attributes;
    const images = toChannelsFirst(builder, cast(builder, inputs.images!, 'float32'));
    const shape = [...images.shape.slice(0, 2), ...size];
    const coordinates = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';
    const resized = builder.node(
      'Resize',
      [images, undefined, undefined, builder.integers(shape)],
      { shape },
      { mode: 'linear', coordinate_transformation_mode: coordinates },
    );
    return fromChannelsFirst(builder, resized);
  },
  ResizeNearestNeighbor: ({ inputs, attributes, builder }: KernelCall<ResizeAttributes>) => {
    let resized = inputs.images as Value;
    for (const [index, size] of attributes.size.entries()) {
      const axis = index + 1;
      const places = nearestPlaces(resized.shape[axis]!, size, attributes);
      const indices = builder.constant(places, { dtype: 'int32', shape: [size] });
      const shape = resized.shape.with(axis, size);
      resized = builder.node('Gather', [resized, indices], { shape, dtype: resized.dtype }, { axis });
    }
    return resized;
  },
};
