import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, launchChromium, type Page } from '@wordloom/chromium';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
let folder: string;
let server: PreviewServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-page-'));
  const options = { configFile, logLevel: 'warn', build: { outDir: folder } } as const;
  await build(options);
  server = await preview({ ...options, preview: { port: 0, host: '127.0.0.1' } });
  address = server.resolvedUrls!.local[0]!;
  browser = await launchChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(query: string): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(100_000); // a busy machine is slow, and the test has an end of its own
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`${address}${query}`);
  return { page, problems };
}

/** The figure under a heading. */
async function figure(page: Page, name: string): Promise<string | null> {
  return page.locator('.figures div', { hasText: name }).locator('dd').textContent();
}

it('trains in a worker, draws the loss, rewrites its sample, and writes from a prompt', async () => {
  const { page, problems } = await open('?size=tiny&steps=150');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.getByRole('button', { name: 'Train' }).click();
  await page.locator('.sample .prompt', { hasText: 'ROMEO:' }).waitFor();
  await page.locator('.status', { hasText: 'Finished' }).waitFor({ timeout: 60_000 });
  expect(await figure(page, 'Step')).toBe('150 of 150');
  const loss = Number(await figure(page, 'Training loss'));
  expect(loss).toBeGreaterThan(1.5);
  expect(loss).toBeLessThan(3); // from log 65 = 4.17
  expect(Number(await figure(page, 'Held-out loss'))).toBeLessThan(3.2);
  expect(await page.locator('.chart polyline').count()).toBe(2);
  await page.locator('.baseline').nth(1).waitFor(); // counting is the work of another worker
  expect(await page.locator('.baseline').count()).toBe(2);

  await page.getByLabel('Starts with').fill('KING ');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('.sample .prompt', { hasText: 'KING' }).waitFor();
  await page.getByRole('button', { name: 'Generate' }).waitFor();
  await expect.poll(async () => (await page.locator('.sample').textContent())?.length).toBe(5 + 240);
  await page.getByLabel('Starts with').fill('春');
  expect(await page.getByRole('button', { name: 'Generate' }).isDisabled()).toBe(true);
  expect(await page.locator('.writing-panel [role=status]').textContent()).toContain('does not contain 春');
  expect(problems).toEqual([]);
  await page.close();
}, 120_000);

it('pauses, resumes and stops', async () => {
  const { page, problems } = await open('?size=tiny&steps=50000');
  await page.getByRole('button', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.status', { hasText: 'Paused' }).waitFor();
  await page.getByRole('button', { name: 'Generate' }).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.chart polyline').length > 0);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.status', { hasText: 'Stopped after step' }).waitFor();
  expect(problems).toEqual([]);
  await page.close();
}, 120_000);

it('says in words, and in both languages, what is wrong with a text', async () => {
  const { page } = await open('?size=tiny&text=own');
  const status = page.locator('.training-panel .status');
  expect(await status.textContent()).toContain('There is no text yet.');
  await page.getByLabel('Text to learn from').fill('only twenty letters.');
  await expect.poll(() => status.textContent()).toContain('it has 20 characters');
  expect(await page.getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: '中文' }).click();
  expect(await status.textContent()).toContain('文本太短：只有 20 个字符');
  expect(await page.evaluate(() => location.search)).toContain('language=zh');
  await page.close();
});
