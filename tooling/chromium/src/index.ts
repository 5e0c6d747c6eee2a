export type { Browser, Page } from 'playwright-core';
export { findChromium, type LaunchOptions, launchChromium } from './launch-chromium.ts';
export { type ServedPage, servePage } from './serve-page.ts';
