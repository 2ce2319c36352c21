// How much the rows of the Inbox show, as each agent chooses it.

import { expect, Page } from '@playwright/test';
import { colleague, send, settle } from '../forms';
import { found, go, look, test } from '../people';

test.use({ story: 'density' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page;
const height = (page: Page) => page.locator('.row').first().evaluate((row) => row.getBoundingClientRect().height);

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Alves');
  for (let n = 0; n < 40; n++) {
    const form = { 'form[email]': `joana${n}@correio.example`, 'form[name]': 'Joana Prates da Silva', 'form[subject]': `Order ${n} that is late and has a rather long subject`, 'form[text]': 'We are looking for it.', 'form[tags]': n % 3 ? 'refund, vip' : '', 'form[priority]': n % 4 ? 'medium' : 'high' };
    await send(marta, world, '/inbox?compose=1', 'open_ticket', form);
  }
});

test('Marta chooses compact rows, and sees more at once', async () => {
  await go(marta, '/inbox');
  await expect.poll(() => height(marta)).toBe(104);
  await go(marta, '/account');
  await marta.getByLabel('Rows of the Inbox').selectOption('compact');
  await look(marta, 'density-account');
  await marta.locator('form', { has: marta.getByLabel('Rows of the Inbox') }).getByRole('button', { name: 'Save' }).click();
  await expect(marta.locator('.done')).toBeVisible();
  // the server's own page has it, before any script
  const html = await (await marta.request.get('/inbox')).text();
  expect(html).toMatch(/class="inbox-rows compact"/);
  await go(marta, '/inbox');
  await expect.poll(() => height(marta)).toBe(60);
  await look(marta, 'density-compact');
  // the list stays one of rows that are drawn where they are needed
  await expect.poll(() => marta.locator('.inbox-rows').evaluate((rows) => Math.round(rows.getBoundingClientRect().height))).toBe(40 * 60);
  await marta.locator('.rows-scroll').evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect(marta.locator('.row').filter({ hasText: 'Order 0 that' })).toBeInViewport();
  for (let n = 0; n < 45; n++) await marta.keyboard.press('j');
  await expect(marta.locator('.row').filter({ hasText: 'Order 0 that' }).locator('.row-link')).toBeFocused();
  await marta.keyboard.press('x');
  await expect(marta.locator('.row.picked')).toHaveCount(1);
  await look(marta, 'density-picked');
});

test('Rui’s rows are as they were, and Marta’s are compact on a phone', async () => {
  await go(rui, '/inbox');
  await expect.poll(() => height(rui)).toBe(104);
  await marta.setViewportSize({ width: 390, height: 844 });
  await go(marta, '/inbox');
  await expect.poll(() => height(marta)).toBe(60);
  await look(marta, 'density-phone');
});

test('nothing was left to be mended', () => expect(found).toEqual([]));
