import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Tiktoken } from 'tiktoken';
import { describe, expect, test, vi } from 'vitest';
import { dataPath } from '../../test/oracles.ts';
import { trainBytePair } from '../byte-pair/train-byte-pair.ts';
import { loadTokenizer } from '../load-tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { type ChatMessage, ChatTemplate, createChatTemplate } from './chat-template.ts';
import { countOpenAiChatTokens } from './count-open-ai-chat-tokens.ts';
import { countChatTokens, encodeChat, encodeChatWithMask } from './encode-chat.ts';

const messages: ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Two and two?' },
  { role: 'assistant', content: 'Four 😀.' },
  { role: 'user', content: 'And three?' },
];
const withoutSystem = messages.slice(1);

const chatml =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const llama2 = `{% if messages[0]['role'] == 'system' %}
    {%- set system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' %}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set system = '' %}
    {%- set turns = messages %}
{%- endif %}
{%- for turn in turns %}
    {%- if (turn.role == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('user and assistant must take turns') }}
    {%- endif %}
    {%- if turn.role == 'user' %}
        {{- bos_token + '[INST] ' + (system if loop.first else '') + turn.content.strip() + ' [/INST]' }}
    {%- else %}
        {{- ' ' + turn.content | trim + ' ' + eos_token }}
    {%- endif %}
{%- endfor %}`;

const llama3 = `{{- bos_token }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}`;

const zephyr = `{% for message in messages %}
{% if message.role in ['system', 'user', 'assistant'] %}
{{ '<|' + message.role + '|>\n' + message.content + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}`;

const gemma =
  "{{ bos_token }}{% for m in messages %}{% set role = 'model' if m.role == 'assistant' else m.role %}" +
  "{{ '<start_of_turn>' + role + '\n' + m.content | trim + '<end_of_turn>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}";

const mistral =
  "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}" +
  "{% elif m.role == 'assistant' %}{{ ' ' + m.content + eos_token }}" +
  "{% else %}{{ raise_exception('no ' + m.role + ' here') }}{% endif %}{% endfor %}";

const specialTokens = { bosToken: '<s>', eosToken: '</s>' };

describe('createChatTemplate', () => {
  test.each<[string, string, ChatMessage[], string]>([
    [
      'ChatML',
      chatml,
      messages,
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nTwo and two?<|im_end|>\n' +
        '<|im_start|>assistant\nFour 😀.<|im_end|>\n<|im_start|>user\nAnd three?<|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      'Llama 2',
      llama2,
      messages,
      '<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nTwo and two? [/INST] Four 😀. </s><s>[INST] And three? [/INST]',
    ],
    [
      'Llama 3',
      llama3,
      messages.slice(0, 2),
      '<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nTwo and two?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      'Zephyr',
      zephyr,
      messages.slice(0, 3),
      '<|system|>\nBe brief.</s>\n<|user|>\nTwo and two?</s>\n<|assistant|>\nFour 😀.</s>\n<|assistant|>\n',
    ],
    [
      'Gemma',
      gemma,
      withoutSystem,
      '<s><start_of_turn>user\nTwo and two?<end_of_turn>\n<start_of_turn>model\nFour 😀.<end_of_turn>\n' +
        '<start_of_turn>user\nAnd three?<end_of_turn>\n<start_of_turn>model\n',
    ],
    [
      'Mistral',
      mistral,
      withoutSystem,
      '<s>[INST] Two and two? [/INST] Four 😀.</s>[INST] And three? [/INST]',
    ],
  ])('%s is written as it is published', (_, template, messages, expected) => {
    const chat = createChatTemplate(template, { specialTokens });
    expect(chat.render(messages, { addGenerationPrompt: true })).toBe(expected);
  });

  test('templates and tokens come from tokenizer_config.json, and one for tools is taken where there are tools', () => {
    const config = {
      bos_token: { content: '<s>', lstrip: false },
      chat_template: [
        { name: 'default', template: '{{ bos_token }}{{ messages[0].content }}{{ extra }}' },
        { name: 'tool_use', template: '{{ tools[0].name }}' },
      ],
    };
    for (const source of [config, JSON.stringify(config)]) {
      const template = createChatTemplate(source);
      expect(template.render(messages, { variables: { extra: '!' } })).toBe('<s>Be brief.!');
      expect(template.render(messages, { tools: [{ name: 'add' }] })).toBe('add');
    }
    const named = createChatTemplate(config, { name: 'tool_use', specialTokens: { bosToken: '<b>' } });
    expect(named.render([], { tools: [{ name: 'x' }] })).toBe('x');
    expect(createChatTemplate(config, { specialTokens: { bosToken: '<b>' } }).render(messages)).toBe(
      '<b>Be brief.',
    );
  });

  test('what is wrong is said', () => {
    expect(() => createChatTemplate('{% if %}')).toThrow(SyntaxError);
    expect(() => createChatTemplate('{% for x in %}')).toThrow(
      'createChatTemplate: the template "default" must be Jinja. ',
    );
    expect(() => createChatTemplate({})).toThrow('must have a chat template, got none');
    expect(() => createChatTemplate({ chat_template: 'x' }, { name: 'rag' })).toThrow(
      'named "rag", got "default"',
    );
    expect(() => createChatTemplate({ chat_template: 5 })).toThrow(
      'tokenizer_config.json: chat_template must be an array',
    );
    expect(() => createChatTemplate(mistral, { specialTokens }).render(messages)).toThrow(
      'render: messages must be as the chat template wants them. no system here',
    );
    expect(() => createChatTemplate(chatml).render('x' as never)).toThrow(
      'messages must be an array, got "x"',
    );
    expect(() =>
      new ChatTemplate(
        new Map([
          ['a', 'x'],
          ['b', 'y'],
        ]),
      ).render([]),
    ).toThrow('There are a, b.');
  });
});

describe('encoding', () => {
  const special = ['<|im_start|>', '<|im_end|>'];
  const tokenizer = trainBytePair('Be brief. Two and two? Four. assistant user system', {
    vocabSize: 270,
    specialTokens: special,
  });
  const generation = chatml.replace(
    "{{ '<|im_start|>' + m.role + '\n' + m['content'] + '<|im_end|>' + '\n' }}",
    "{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}\n  {% generation %}\n{{ m.content }}{{ '<|im_end|>' }}" +
      "{%- endgeneration -%}\n{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\n' }}",
  );

  test('ids are those of the text, and counted up to a limit', () => {
    const template = createChatTemplate(chatml);
    const ids = encodeChat(tokenizer, messages, { template });
    expect(tokenizer.decode(ids)).toBe(template.render(messages));
    expect(countChatTokens(tokenizer, messages, { template, limit: ids.length })).toBe(ids.length);
    expect(countChatTokens(tokenizer, messages, { template, limit: ids.length - 1 })).toBeUndefined();
  });

  test('with a limit, a long conversation is read no further than to where it is passed', () => {
    const template = createChatTemplate(chatml);
    const long = [{ role: 'user', content: 'Is it four? '.repeat(100_000) }];
    const count = countChatTokens(tokenizer, long, { template })!;
    const encodeInto = vi.spyOn(TextEncoder.prototype, 'encodeInto');
    try {
      expect(countChatTokens(tokenizer, long, { template, limit: 100 })).toBeUndefined();
      expect(countOpenAiChatTokens(tokenizer, long, { limit: 100 })).toBeUndefined();
      const read = encodeInto.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
      expect(read).toBeGreaterThan(0);
      expect(read).toBeLessThan(10_000);
    } finally {
      encodeInto.mockRestore();
    }
    expect(countChatTokens(tokenizer, long, { template, limit: count })).toBe(count);
    expect(countChatTokens(tokenizer, long, { template, limit: count - 1 })).toBeUndefined();
  });

  test('the mask is what stands between the generation tags, which leave no trace in the text', () => {
    const template = createChatTemplate(generation);
    expect(template.render(messages)).toBe(createChatTemplate(chatml).render(messages));
    const { ids, assistantMask } = encodeChatWithMask(tokenizer, messages, { template });
    expect([...ids]).toEqual([...encodeChat(tokenizer, messages, { template })]);
    expect(tokenizer.decode(ids.filter((_, index) => assistantMask[index]))).toBe('Four 😀.<|im_end|>');
    const marks = [{ role: 'user', content: '\ufdd00 \ufdd01' }, messages[2]!, messages[3]!, messages[2]!];
    const { text, assistantSpans } = template.renderWithSpans(marks);
    expect(text).toBe(template.render(marks));
    expect([0, 2].map((at) => text.slice(assistantSpans[at], assistantSpans[at + 1]))).toEqual([
      'Four 😀.<|im_end|>',
      'Four 😀.<|im_end|>',
    ]);
  });

  test('without tags the mask is what an answer adds to the text, and refused where that is not so', () => {
    const template = createChatTemplate(chatml);
    const { ids, assistantMask } = encodeChatWithMask(tokenizer, messages, { template });
    expect(tokenizer.decode(ids.filter((_, index) => assistantMask[index]))).toBe('Four 😀.<|im_end|>\n');
    const last = createChatTemplate('{{ messages[-1].content }}');
    expect(() => last.renderWithSpans(messages)).toThrow('which it is not for messages[2]');
  });
});

test('OpenAI counts three tokens for each message, one for a name and three for the answer', () => {
  const require = createRequire(import.meta.url);
  const { bpe_ranks, special_tokens, pat_str } = require('tiktoken/encoders/cl100k_base.json');
  const peer = new Tiktoken(bpe_ranks, special_tokens, pat_str);
  const cl100k = { encode: (text: string) => peer.encode(text, [], []) } as unknown as Tokenizer;
  const conversation = [
    { role: 'system', content: 'hello world' }, // 3 + 1 + 2
    { role: 'user', name: 'example', content: '<|endoftext|>' }, // 3 + 1 + 1 + 1 + 7
  ];
  expect(countOpenAiChatTokens(cl100k, conversation)).toBe(22);
  expect(countOpenAiChatTokens(cl100k, conversation, { tokensPerMessage: 4, tokensPerName: -1 })).toBe(22);
  expect(countOpenAiChatTokens(cl100k, conversation, { limit: 22 })).toBe(22);
  expect(countOpenAiChatTokens(cl100k, conversation, { limit: 21 })).toBeUndefined();
  expect(() => countOpenAiChatTokens(cl100k, [{ role: 'user', content: null as never }])).toThrow(
    'messages[0].content must be a string, got null',
  );
});

const folder = dataPath('ckpt-minimind2-small');

test.skipIf(!folder)("MiniMind's template and tokenizer", () => {
  const template = createChatTemplate(readFileSync(`${folder}/tokenizer_config.json`, 'utf8'));
  const tokenizer = loadTokenizer(readFileSync(`${folder}/tokenizer.json`, 'utf8'));
  const text = template.render(withoutSystem, {
    addGenerationPrompt: true,
    variables: { enable_thinking: false },
  });
  expect(text).toBe(
    '<|im_start|>system\nYou are a helpful assistant<|im_end|>\n<|im_start|>user\nTwo and two?<|im_end|>\n' +
      '<|im_start|>assistant\nFour 😀.<|im_end|>\n<|im_start|>user\nAnd three?<|im_end|>\n' +
      '<|im_start|>assistant\n<think>\n\n</think>\n\n',
  );
  const { ids, assistantMask } = encodeChatWithMask(tokenizer, withoutSystem, { template });
  expect(tokenizer.decode(ids.filter((_, index) => assistantMask[index]))).toBe('Four 😀.<|im_end|>\n');
  expect(template.render(withoutSystem, { tools: [{ name: 'add' }] })).toContain(
    '<tools>\n{"name": "add"}\n</tools>',
  );
});
