import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { findChromium, launchChromium } from './launch-chromium.ts';
import { type ServedPage, servePage } from './serve-page.ts';

/** The page that tests are about. */
export interface TestPage {
  /** A new tab with it. */
  open(): Promise<Page>;
  /** What is served; files may be added. */
  folder(): string;
}

/**
 * Tests in a page of headless Chromium, which is built and served before them. Where there is no Chromium they are skipped, visibly.
 *
 * @param root the folder of its `index.html`
 */
export async function describeInChromium(root: URL, defineTests: (page: TestPage) => void): Promise<void> {
  const chromium = await findChromium();
  describe.skipIf(!chromium)('in a page in Chromium', () => {
    let served: ServedPage;
    let browser: Browser;
    beforeAll(async () => {
      served = await servePage(fileURLToPath(root));
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser?.close();
      await served?.close();
    });
    defineTests({
      async open() {
        const page = await browser.newPage();
        await page.goto(served.address);
        return page;
      },
      folder: () => served.folder,
    });
  });
}
