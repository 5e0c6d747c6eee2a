import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, flags, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import { tensorData } from '../../index.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

/** Two shapes that can be broadcast: of each axis either may be 1 or, if it is among the first, missing. */
const pair = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    kept: fc.array(fc.constantFrom<'both' | 'a' | 'b'>('both', 'a', 'b'), { minLength: 4, maxLength: 4 }),
    missing: fc.nat(4),
    swapped: fc.boolean(),
  })
  .map(({ sizes, kept, missing, swapped }) => {
    const a = sizes.map((size, axis) => (kept[axis] === 'b' ? 1 : size));
    const b = sizes.map((size, axis) => (kept[axis] === 'a' ? 1 : size)).slice(missing);
    return swapped ? { a: b, b: a } : { a, b };
  });

/** Functions of any number, integers too. */
const OF_INTEGERS: Record<string, Unary> = {
  Abs: tf.abs,
  Asinh: tf.asinh,
  Atan: tf.atan,
  ClipByValue: (x) => tf.clipByValue(x, -1, 1),
  Erf: tf.erf,
  Identity: tf.clone,
  LeakyRelu: (x) => tf.leakyRelu(x, 0.1),
  Neg: tf.neg,
  OnesLike: (x) => tf.add(x, tf.onesLike(x)),
  Relu: tf.relu,
  Relu6: (x) => tf.relu6(tf.add(x, 3)),
  Round: tf.round,
  Selu: tf.selu,
  Sign: tf.sign,
  Softplus: tf.softplus,
  Square: tf.square,
  Step: (x) => tf.step(x, 0.3),
  ZerosLike: (x) => tf.sub(x, tf.zerosLike(x)),
};

/** Functions of any float. */
const OF_FLOATS: Record<string, Unary> = {
  Ceil: tf.ceil,
  Cos: tf.cos,
  Elu: tf.elu,
  Floor: tf.floor,
  Sigmoid: tf.sigmoid,
  Sin: tf.sin,
  Tanh: tf.tanh,
};

/** Functions of (−1, 1). */
const NEAR_ZERO: Record<string, Unary> = {
  Acos: tf.acos,
  Asin: tf.asin,
  Atanh: tf.atanh,
  Exp: tf.exp,
  Expm1: tf.expm1,
  Log1p: tf.log1p,
  Sinh: tf.sinh,
};

/** Functions of floats in (−1, 1). */
const FLOATS_NEAR_ZERO: Record<string, Unary> = { Cosh: tf.cosh, Tan: tf.tan };

/** Functions of floats above 1. */
const ABOVE_ONE: Record<string, Unary> = {
  Acosh: tf.acosh,
  Log: tf.log,
  Reciprocal: tf.reciprocal,
  Rsqrt: tf.rsqrt,
  Sqrt: tf.sqrt,
};

const each = (functions: Record<string, Unary>, x: tf.Tensor, label: string): [string, tf.Tensor][] =>
  Object.entries(functions).map(([name, apply]) => [`${name} ${label}`, apply(x)]);

const ALL_UNARY = { ...OF_INTEGERS, ...OF_FLOATS, ...NEAR_ZERO, ...FLOATS_NEAR_ZERO, ...ABOVE_ONE };

testKernels(Object.keys(ALL_UNARY), { sizes: shape, runs: 8 }, async (shape, random) => {
  await expectSameAsEager({
    // A gap of 0.1 keeps the floats away from where functions are rounded, clipped or stepped: multiples of a half.
    inputs: { x: floats(random, shape, 0.1), n: integers(random, shape, -4, 5) },
    program: ({ x, n }) => {
      const small = tf.mul(x!, 0.3);
      return Object.fromEntries([
        ...each(OF_INTEGERS, x!, 'of floats'),
        ...each(OF_INTEGERS, n!, 'of integers'),
        ...each(OF_FLOATS, x!, 'of floats'),
        ...each(NEAR_ZERO, small, 'of floats'),
        ...each(NEAR_ZERO, tf.zerosLike(n!), 'of integers'),
        ...each(FLOATS_NEAR_ZERO, small, 'of floats'),
        ...each(ABOVE_ONE, tf.add(tf.abs(small), 1.1), 'of floats'),
      ]);
    },
  });
});

testKernels(['IsFinite', 'IsInf', 'IsNan'], { sizes: fc.constant(0), runs: 1 }, async () => {
  const values = [0, -0, 1, -1.5, 0.5, 2.5, Infinity, -Infinity, Number.NaN, 1e30, 1e-30, -2];
  // What is no number has the sign 0 eagerly and none compiled, and is below the step compiled only.
  const { Sign: _sign, Step: _step, ...functions } = ALL_UNARY;
  await expectSameAsEager({
    gradients: [],
    inputs: { x: tensorData(Float32Array.from(values), [12]), n: tensorData(Int32Array.of(0, -3), [2]) },
    program: ({ x, n }) => {
      const asked = (x: tf.Tensor): tf.Tensor => tf.stack([tf.isFinite(x), tf.isInf(x), tf.isNaN(x)]);
      return Object.fromEntries([
        ['IsFinite, IsInf, IsNan', asked(x!)],
        ['IsFinite, IsInf, IsNan of integers', asked(n!)],
        ...each(functions, x!, 'of special numbers'),
      ]);
    },
  });
});

const ARITHMETIC: Record<string, Binary> = {
  Add: tf.add,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Multiply: tf.mul,
  SquaredDifference: tf.squaredDifference,
  Sub: tf.sub,
};

const COMPARISONS: Record<string, Binary> = {
  Equal: tf.equal,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  NotEqual: tf.notEqual,
};

const LOGICAL: Record<string, Binary> = {
  LogicalAnd: tf.logicalAnd,
  LogicalOr: tf.logicalOr,
};

const both = (
  functions: Record<string, Binary>,
  a: tf.Tensor,
  b: tf.Tensor,
  label: string,
): [string, tf.Tensor][] =>
  Object.entries(functions).map(([name, apply]) => [`${name} ${label}`, apply(a, b)]);

testKernels(
  [...Object.keys(ARITHMETIC), 'Prelu', 'Atan2', 'Mod', 'Pow', 'RealDiv', 'FloorDiv', 'BitwiseAnd'],
  { sizes: pair, runs: 10 },
  async (shapes, random) => {
    await expectSameAsEager({
      inputs: {
        a: floats(random, shapes.a, 0.8), // no value of b is between two of a
        b: floats(random, shapes.b),
        n: integers(random, shapes.a, -9, 9),
        m: integers(random, shapes.b, 1, 5),
      },
      program: ({ a, b, n, m }) => {
        const above = tf.add(tf.abs(b!), 0.5);
        return Object.fromEntries([
          ...both(ARITHMETIC, tf.mul(a!, 0.3), tf.mul(b!, 0.3), 'of floats'),
          ...both(ARITHMETIC, n!, m!, 'of integers'),
          ...both(ARITHMETIC, n!, b!, 'of both'),
          ['Prelu', tf.prelu(tf.broadcastTo(a!, tf.add(a!, b!).shape), b!)],
          ['Atan2', tf.atan2(a!, b!)],
          ['Atan2 of integers', tf.atan2(n!, m!)],
          ['Pow', tf.pow(tf.add(tf.mul(tf.abs(a!), 0.1), 0.5), tf.mul(b!, 0.3))],
          ['Pow of integers', tf.pow(n!, m!)],
          ['RealDiv', tf.div(a!, above)],
          ['RealDiv of integers', tf.div(n!, m!)],
          ['FloorDiv of integers', tf.floorDiv(n!, m!)],
          ['FloorDiv by negative integers', tf.floorDiv(n!, tf.neg(m!))],
          ['Mod of integers', tf.mod(n!, m!)],
          ['Mod by negative integers', tf.mod(n!, tf.neg(m!))],
          [
            'BitwiseAnd',
            tf.bitwiseAnd(
              tf.broadcastTo(tf.abs(n!), tf.add(n!, m!).shape),
              tf.broadcastTo(m!, tf.add(n!, m!).shape),
            ),
          ],
        ]);
      },
    });
    await expectSameAsEager({
      gradients: [], // jumps are everywhere
      inputs: { a: floats(random, shapes.a), b: floats(random, shapes.b) },
      program: ({ a, b }) => ({
        mod: tf.mod(a!, tf.add(b!, 0.013)),
        floorDiv: tf.floorDiv(a!, tf.add(b!, 0.013)),
      }),
    });
  },
);

testKernels(
  [...Object.keys(COMPARISONS), ...Object.keys(LOGICAL), 'LogicalNot', 'Select'],
  { sizes: pair, runs: 8 },
  async (shapes, random) => {
    await expectSameAsEager({
      inputs: {
        x: floats(random, shapes.a),
        y: floats(random, shapes.b),
        n: integers(random, shapes.a, 0, 3),
        m: integers(random, shapes.b, 0, 3),
        p: flags(random, shapes.a),
        q: flags(random, shapes.b),
      },
      program: ({ x, y, n, m, p, q }) =>
        Object.fromEntries([
          ...both(COMPARISONS, x!, y!, 'of floats'),
          ...both(COMPARISONS, n!, m!, 'of integers'),
          ...both(COMPARISONS, x!, m!, 'of both'),
          ['Equal of flags', tf.equal(p!, q!)],
          ['NotEqual of flags', tf.notEqual(p!, q!)],
          ...both(LOGICAL, p!, q!, 'of flags'),
          ['logicalXor', tf.logicalXor(p!, q!)],
          ['LogicalNot', tf.logicalNot(p!)],
          ['Select', tf.where(p!, x!, y!)],
          ['Select of integers', tf.where(p!, n!, m!)],
          ['Select of flags', tf.where(p!, q!, p!)],
        ]),
    });
  },
);
