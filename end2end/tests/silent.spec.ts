// A line that falls silent without a word: both browsers notice by themselves, say so, open another one, and miss nothing.

import { Page } from '@playwright/test';
import { colleague, settle, widgetKey } from '../forms';
import { Line } from '../line';
import { expect, go, look, stay, test } from '../people';
import { reply, row } from '../visitor';

test.use({ story: 'silent' });
test.describe.configure({ mode: 'serial' });

/** Without a sign of life a line is given up after 50 s; it is looked after each second or two. */
const NOTICED = 54_000;
/** Once it passes again: an attempt that is silent (20 s), and words on their way (35 s) before they are sent anew (5 s). */
const THERE = 65_000;

let line: Line, marta: Page, paulo: Page, helena: Page;

/** Words of the chat; an agent's own ones stand twice in their page, to be edited. */
const entry = (page: Page, words: string) => page.locator(page === helena ? '.log .words' : '.bubble[data-message]').filter({ hasText: words });

const said = ['Open on Sundays?', 'Until noon.', 'I take over.', 'Said into the void.', 'Answered into the void.'];
/** In which order a page shows these words; each once. */
async function order(page: Page) {
  const text = await page.getByRole('log').innerText();
  for (const words of said) expect(text.split(words).length - 1, words).toBe(1);
  return [...said].sort((a, b) => text.indexOf(a) - text.indexOf(b));
}

test('a visitor and an agent over the line, another agent beside it', async ({ browser, world }) => {
  marta = await settle(browser, world);
  line = await Line.start(world.url);
  const joined = await colleague(browser, world, marta, 'paulo@aurora.example', 'Paulo Reis');
  const there = await browser.newContext({ baseURL: line.url, storageState: await joined.context().storageState() });
  await joined.context().close();
  [paulo, helena] = [await there.newPage(), await (await browser.newContext({ baseURL: line.url, viewport: { width: 380, height: 560 } })).newPage()];
  for (const page of [paulo, helena]) page.on('pageerror', (error) => { throw error; });
  await helena.goto(`/chat/${await widgetKey(marta)}`);
  await expect(helena.locator('[data-awake]')).toBeAttached();
  await helena.getByRole('textbox', { name: 'Write a message' }).fill(said[0]);
  await helena.keyboard.press('Enter');
  for (const page of [marta, paulo]) {
    await go(page, '/inbox?kind=chat&sort=waiting');
    await row(page, said[0]).click();
    await expect(entry(page, said[0])).toBeVisible();
  }
  await reply(paulo).fill(said[1]);
  await reply(paulo).press('Enter');
  for (const page of [marta, helena]) await expect(entry(page, said[1])).toBeVisible();
  await expect(marta.locator('.composer-others')).toContainText('Paulo Reis');
});

test('silence is noticed on both sides, and what was said in it is there once', async () => {
  const same = [await stay(helena), await stay(paulo)];
  line.fallSilent();
  const silent = Date.now();
  await helena.getByRole('textbox', { name: 'Write a message' }).fill(said[3]);
  await helena.keyboard.press('Enter');
  await reply(paulo).fill(said[4]);
  await reply(paulo).press('Enter');
  await reply(marta).fill(said[2]);
  await reply(marta).press('Enter');
  await expect(helena.getByText('Sending…')).toBeVisible();
  await expect(paulo.locator('.going')).toHaveCount(1);
  await Promise.all([
    expect(helena.getByText('No connection. What you write is sent when it is back.')).toBeVisible({ timeout: NOTICED }),
    expect(paulo.locator('.line-lost')).not.toBeEmpty({ timeout: NOTICED }),
  ]);
  console.log(`noticed after ${Math.round((Date.now() - silent) / 1000)} s`);
  await look(helena, 'silent-window');
  await look(paulo, 'silent-agent');
  // nobody writes there any more
  await expect(marta.locator('.composer-others')).not.toContainText('Paulo Reis', { timeout: 20_000 });
  for (const page of [helena, paulo]) await expect(entry(page, said[2])).toHaveCount(0);
  line.pass();
  const passes = Date.now();
  for (const page of [helena, paulo, marta]) {
    for (const words of said) await expect(entry(page, words)).toHaveCount(1, { timeout: THERE });
  }
  console.log(`all is there ${Math.round((Date.now() - passes) / 1000)} s after it passes`);
  await expect(helena.getByText('Sending…')).toHaveCount(0);
  await expect(paulo.locator('.going')).toHaveCount(0);
  await expect(helena.locator('.lost')).toBeEmpty();
  await expect(paulo.locator('.line-lost')).toBeEmpty();
  expect([await order(helena), await order(paulo)]).toEqual([await order(marta), await order(marta)]);
  await expect(marta.locator('.composer-others')).toContainText('Paulo Reis');
  for (const still of same) await still();
});

test.afterAll(() => line?.stop());
