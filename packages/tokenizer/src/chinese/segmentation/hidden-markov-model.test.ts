import { expect, test } from 'vitest';
import {
  HiddenMarkovModel,
  parseHiddenMarkovModel,
  readHiddenMarkovModel,
  writeHiddenMarkovModel,
} from './hidden-markov-model.ts';

const impossible = '-3.14e+100';
// 甲 begins words, 乙 goes on with them, 丙 ends them, 丁 stands alone.
const text = `#states B E M S
-0.5 ${impossible} ${impossible} -1
${impossible} -0.5 -0.9 ${impossible}
-0.6 ${impossible} ${impossible} -0.8
${impossible} -0.3 -1.2 ${impossible}
-0.7 ${impossible} ${impossible} -0.6
甲:-1.5,丁:-9
丙:-1.25,丁:-9
乙:-1,丁:-9
丁:-0.5,甲:-9
`;

function segment(model: HiddenMarkovModel, input: string): string[] {
  const ends = new Int32Array(input.length);
  const count = model.segment(input, 0, input.length, ends, 0);
  return Array.from(ends.subarray(0, count), (end, index) =>
    input.slice(index === 0 ? 0 : ends[index - 1], end),
  );
}

test('the likeliest states make the words, and the compact form is the same model', () => {
  const parameters = parseHiddenMarkovModel(text);
  for (const model of [
    new HiddenMarkovModel(parameters),
    readHiddenMarkovModel(writeHiddenMarkovModel(parameters)),
  ]) {
    expect(segment(model, '丁甲丙甲乙乙丙丁')).toEqual(['丁', '甲丙', '甲乙乙丙', '丁']);
    expect(segment(model, 'ab1.5%丁-3.x')).toEqual(['ab1.5%', '丁', '-', '3', '.', 'x']);
  }
});

test('a text form with a line missing or a number that is none is refused by its line', () => {
  expect(() => parseHiddenMarkovModel(text.slice(0, text.lastIndexOf('丁')), { source: 'm.txt' })).toThrow(
    'parseHiddenMarkovModel: line 9 of m.txt must hold',
  );
  expect(() => parseHiddenMarkovModel(text.replace('乙:-1,', '乙:x,'))).toThrow('line 9');
  expect(() => readHiddenMarkovModel(new Uint8Array([0x57, 0x4c, 0x5a, 0x48, 1, 0]))).toThrow(
    'readHiddenMarkovModel: the model of unknown words must be whole; expected it to go on at byte 5 of 6, got its end.',
  );
});
