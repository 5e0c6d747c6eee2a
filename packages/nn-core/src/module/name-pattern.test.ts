import { describe, expect, test } from 'vitest';
import { nameMatcher } from './name-pattern.ts';

describe('name patterns', () => {
  test.each<[Parameters<typeof nameMatcher>[0], string[], string[]]>([
    ['blocks.*', ['blocks.0', 'blocks.norm'], ['blocks', 'blocks.0.query', 'xblocks.0']],
    ['**.bias', ['bias', 'head.bias', 'blocks.0.norm.bias'], ['bias.x', 'headbias']],
    ['blocks.**', ['blocks.0', 'blocks.0.a.b'], ['block.0']],
    ['a.**.b', ['a.b', 'a.x.b', 'a.x.y.b'], ['ab', 'a.xb']],
    ['a**.b', ['a.b', 'ax.y.b'], ['ab']],
    ['**', ['a', 'a.b'], []],
    ['layer?.{query,value}', ['layer1.query', 'layerx.value'], ['layer.query', 'layer1.key']],
    ['{a,b.{c,d}}', ['a', 'b.c', 'b.d'], ['c']],
    ['a+b.(c)', ['a+b.(c)'], ['aab.c']],
    ['a,b', ['a,b'], ['a', 'b']],
    [/norm/i, ['blocks.0.Norm.weight'], ['bias']],
    [['a', /^b$/], ['a', 'b'], ['ab']],
    [[], [], ['a']],
  ])('%s', (pattern, yes, no) => {
    const matches = nameMatcher(pattern);
    expect(yes.filter((name) => !matches(name))).toEqual([]);
    expect(no.filter(matches)).toEqual([]);
  });

  test('remember nothing between names, and must pair their braces', () => {
    const matches = nameMatcher(/a/g);
    expect([matches('a'), matches('a'), matches('a')]).toEqual([true, true, true]);
    for (const glob of ['{a', 'a}', '}{']) {
      expect(() => nameMatcher(glob)).toThrow(
        `nameMatcher: pattern must close every brace it opens, got '${glob}'.`,
      );
    }
  });
});
