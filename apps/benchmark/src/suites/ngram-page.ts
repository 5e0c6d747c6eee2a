import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, launchChromium, servePage } from '@wordloom/chromium';
import type { OpenKind } from '../../web/ngram/page.ts';

const PAGE = fileURLToPath(new URL('../../web/ngram', import.meta.url));

/**
 * How long a fresh page, in which nothing is compiled yet, takes to open a compact file up to its first answer.
 *
 * @returns milliseconds of each round by kind; undefined where there is no Chromium
 */
export async function openInFreshPages(
  bytes: Uint8Array,
  rounds: number,
): Promise<Record<OpenKind, number[]> | undefined> {
  if (!(await findChromium())) return undefined;
  const served = await servePage(PAGE);
  const browser = await launchChromium();
  try {
    await writeFile(join(served.folder, 'model.ngram'), bytes);
    const times: Record<OpenKind, number[]> = { unpack: [], 'in place': [] };
    for (let round = 0; round < rounds; round++) {
      for (const [kind, list] of Object.entries(times)) {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(served.address);
        list.push(await page.evaluate<number>(`openModel(${JSON.stringify(kind)})`));
        await context.close();
      }
    }
    return times;
  } finally {
    await browser.close();
    await served.close();
  }
}
