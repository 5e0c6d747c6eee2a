import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose } from '../../test/pytorch.ts';
import { Conv1d } from './conv1d.ts';

/** The formula of the docstring, output by output. `x` is one row `[time, channels]`. */
function convolve(layer: Conv1d, x: readonly number[][], [left, right]: [number, number]): number[] {
  const [outputChannels, groupChannels, kernelSize] = layer.weight.shape as [number, number, number];
  const reach = layer.dilation * (kernelSize - 1) + 1;
  const outputs = Math.floor((x.length + left + right - reach) / layer.stride) + 1;
  const values: number[] = [];
  for (let output = 0; output < outputs; output++) {
    for (let channel = 0; channel < outputChannels; channel++) {
      const first = Math.floor(channel / (outputChannels / layer.groups)) * groupChannels;
      let sum = layer.bias?.data[channel] ?? 0;
      for (let input = 0; input < groupChannels; input++) {
        for (let place = 0; place < kernelSize; place++) {
          const weight = layer.weight.data[(channel * groupChannels + input) * kernelSize + place]!;
          sum += weight * (x[output * layer.stride + place * layer.dilation - left]?.[first + input] ?? 0);
        }
      }
      values.push(sum);
    }
  }
  return values;
}

test('a convolution of any kernel, stride, padding, dilation and groups is its formula', () => {
  const size = fc.integer({ min: 1, max: 4 });
  const options = fc.record({
    time: fc.integer({ min: 1, max: 12 }),
    kernelSize: size,
    stride: size,
    dilation: size,
    groups: fc.integer({ min: 1, max: 3 }),
    groupInputs: fc.integer({ min: 1, max: 2 }),
    groupOutputs: fc.integer({ min: 1, max: 2 }),
    padding: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('valid', 'same', 'causal')),
    bias: fc.boolean(),
  });
  fc.assert(
    fc.property(
      options,
      ({ time, kernelSize, dilation, groups, groupInputs, groupOutputs, padding, ...rest }) => {
        const stride = padding === 'same' ? 1 : rest.stride;
        const reach = dilation * (kernelSize - 1);
        const around: [number, number] =
          padding === 'valid'
            ? [0, 0]
            : padding === 'causal'
              ? [reach, 0]
              : padding === 'same'
                ? [Math.floor(reach / 2), reach - Math.floor(reach / 2)]
                : [padding, padding];
        const random = new RandomStream(time, kernelSize);
        const channels = groups * groupInputs;
        const layer = new Conv1d(channels, groups * groupOutputs, kernelSize, {
          stride,
          padding,
          dilation,
          groups,
          bias: rest.bias,
          random,
        });
        layer.bias?.data.forEach((_, index, bias) => {
          bias[index] = index + 1;
        });
        const x = Array.from({ length: time }, () => Array.from({ length: channels }, () => random.normal()));
        const run = () => layer.forward(tf.tensor3d([x]));
        if (time + around[0] + around[1] <= reach) {
          expect(run).toThrow('time steps or more for this kernel, dilation and padding');
          return;
        }
        expectClose(
          tf.tidy(() => run().dataSync()),
          convolve(layer, x, around),
          1e-5,
        );
      },
    ),
    { numRuns: 200 },
  );
});
