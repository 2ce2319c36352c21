// A world that `recado seed` made in an empty database: every screen looks alive. With RECADO_PICTURES set its pictures become those of the README.

import { expect, Page } from '@playwright/test';
import path from 'node:path';
import { go, seededAdmin, test } from '../people';

test.use({ story: 'seed', seeded: 320 });
test.describe.configure({ mode: 'serial' });

let marta: Page;

test.beforeAll(async ({ browser, world }) => {
  marta = await seededAdmin(browser, world);
});

/** Keeps what is on the screen as a picture of the README, when that is asked for. */
async function picture(name: string) {
  if (!process.env.RECADO_PICTURES) return;
  await marta.mouse.move(0, 0);
  await marta.evaluate(() => document.fonts.ready);
  await marta.screenshot({ path: path.join(__dirname, '../pictures', `${name}.png`), animations: 'disabled' });
}

test('the Inbox has what came today, and what was said before', async () => {
  await go(marta, '/inbox');
  await marta.getByRole('link', { name: /Two armchairs, one is darker/ }).first().click();
  await expect(marta.getByRole('heading', { name: 'Two armchairs, one is darker' })).toBeVisible();
  await expect(marta.getByRole('log').getByText('The carrier brings the right one on Thursday')).toBeVisible();
  await expect.poll(() => marta.locator('.row').count()).toBeGreaterThan(8);
  await picture('inbox');
});

test('every page has something to look at', async () => {
  // a page, and something that stands there
  const pages: [string, RegExp][] = [
    ['/inbox?kind=chat', /chat/i],
    ['/inbox?folder=spam', /./],
    ['/contacts', /@/],
    ['/organisations', /contact/],
    ['/reports', /Time to solve/],
    ['/admin/overview', /last mail/],
    ['/admin/widget', /Chat widget/],
    ['/admin/hours', /09:00/],
    ['/admin/agents', /rui@aurora\.example/],
    ['/admin/departments', /Deliveries and changes of address/],
    ['/admin/triggers', /Help with the basket/],
    ['/admin/rules', /Deliveries go to Orders/],
    ['/admin/targets', /./],
    ['/admin/shortcuts', /30 days to return it/],
    ['/admin/bans', /203\.0\.113\.0\/24/],
    ['/admin/email?box=in', /Two armchairs, one is darker/],
    ['/admin/audit', /Marta Oliveira/],
    ['/account/shortcuts', /./],
  ];
  for (const [address, says] of pages) {
    await go(marta, address);
    await expect(marta.locator('main, .list').first(), address).toBeVisible();
    await expect.poll(async () => {
      const all = await marta.locator('body').evaluate((body) => [body.innerText, ...[...body.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value)].join('\n'));
      return says.test(all);
    }, { message: `${address} shows ${says}` }).toBe(true);
    if (address === '/reports') await picture('reports');
  }
  await go(marta, '/admin/email?box=out');
  await expect(marta.getByText('Two armchairs, one is darker').first(), 'what was answered today went out').toBeVisible();
});

test('a contact has a past', async () => {
  await go(marta, '/contacts?search=ines');
  await marta.locator('main').getByRole('link', { name: /Inês Carvalho/ }).first().click();
  await expect(marta.getByRole('heading', { name: 'Inês Carvalho' })).toBeVisible();
  await expect(marta.getByText('Two armchairs, one is darker').first()).toBeVisible();
  // one who came back
  await go(marta, '/contacts?search=carlos%20ribeiro');
  await marta.locator('main').getByRole('link', { name: /Carlos Ribeiro/ }).first().click();
  await expect(marta.getByRole('link', { name: /^Timeline/ })).toBeVisible();
  await picture('contact');
});
