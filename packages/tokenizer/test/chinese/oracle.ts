import { readFileSync } from 'node:fs';
import { Jieba, TfIdf } from '@node-rs/jieba';
import { dict, idf } from '@node-rs/jieba/dict.js';
import { loadChineseSegmenter } from '../../src/chinese/index.ts';

/** jieba-rs with its own dictionary. */
export const jieba: Jieba = Jieba.withDict(dict);

export const jiebaIdf: Uint8Array = idf;
export const jiebaKeywords: TfIdf = TfIdf.withDict(idf);

function data(name: string): Uint8Array {
  return readFileSync(new URL(`../../../chinese-dictionary/data/${name}`, import.meta.url));
}

export const files: { dictionary: Uint8Array; unknownWords: Uint8Array } = {
  dictionary: data('dictionary.bin'),
  unknownWords: data('unknown-words.bin'),
};

/** Ours, with the same dictionary in its compact form. */
export const segmenter: ReturnType<typeof loadChineseSegmenter> = loadChineseSegmenter(files);

/** Sentences of our own: names, numbers, Latin, rare characters, dialogue, a poem's style, traditional characters. */
export const sentences: readonly string[] = [
  '今天下午三点，王小明在图书馆门口等了他的同学半个多小时。',
  '这家公司去年的营业收入增长了4.3%，净利润却下降到120万元。',
  '他用 TypeScript 写了一个分词器，比原来的 C++ 版本还快。',
  '“你到底去不去？”“去，当然去！”她笑着说。',
  '研究生命起源的科学家们从南极的冰层里取出了一段岩芯。',
  '乒乓球拍卖完了，网球拍卖会明天才开始。',
  '欧阳靖宇和司马青衫一起坐高铁去乌鲁木齐旅游。',
  '山高月小，水落石出；孤舟蓑笠，独钓寒江。',
  '蘋果樹下坐著一個讀書的孩子，風吹過來，書頁嘩嘩作響。',
  '𠮷野家的牛肉饭很好吃，㐀㐁这两个字却没人认识。',
  '2024年3月15日10:30，航班CA1234从北京首都国际机场起飞。',
  '我们中出了一个叛徒，可是没有人知道是谁。\r\n\t下一行从这里开始。',
  'ＡＢＣ１２３全角字母，㈱和☎️以及👩‍👧表情符号。',
  '微信支付宝二维码扫一扫，点赞收藏转发三连。',
];
