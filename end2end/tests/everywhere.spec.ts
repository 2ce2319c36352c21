// All properties in one list: an agent of two sees what comes in either as it comes, opens it where it belongs, and answers there. What is
// done in one tab never lands in the property of another, and a property that is closed to her leaves the list at once.

import { Page } from '@playwright/test';
import { cut, leftInEnglish } from '../catalogue';
import { colleague, send, settle } from '../forms';
import { alive, compose, expect, found, glance, go, look, stay, test } from '../people';

test.use({ story: 'everywhere' });
test.describe.configure({ mode: 'serial' });

let marta: Page, olga: Page, aurora: string;
const row = (page: Page, subject: string) => page.locator('.inbox-rows > li').filter({ hasText: subject });
const count = (page: Page, name: string) => page.locator('.side-link').filter({ has: page.getByText(name, { exact: true }) }).locator('b');
const pill = (page: Page) => page.locator('.top .pill');

test('an agent of two properties chooses all of them, and sees one list', async ({ browser, world }) => {
  marta = await settle(browser, world);
  aurora = await marta.request.get('/admin/settings').then(async (page) => /[\w-]+@in\.recado\.example/.exec(await page.text())![0]);
  await pill(marta).click();
  await expect(marta.getByRole('link', { name: 'All properties' }), 'of one property there is no list of several').toHaveCount(0);
  await compose(marta, 'eva@correio.example', 'A broken chair', 'It has three legs.');
  await send(marta, world, '/admin/settings', 'create_property', { name: 'Casa Norte', language: 'en', time_zone: 'UTC' });
  olga = await colleague(browser, world, marta, 'olga@norte.example', 'Olga Reis', 'admin');
  await compose(olga, 'kenji@correio.example', 'A lamp without light', 'It stays dark.');
  await go(marta, '/inbox');
  await expect(pill(marta)).toContainText('Casa Norte');
  await pill(marta).click();
  await glance(marta, 'everywhere-switcher');
  await marta.getByRole('link', { name: 'All properties' }).click();
  await expect(marta).toHaveURL(/\/everywhere$/);
  await expect(marta.getByRole('heading', { name: 'All properties' })).toBeVisible();
  await expect(pill(marta)).toContainText('All properties');
  await expect(row(marta, 'A broken chair')).toContainText('Loja Aurora');
  await expect(row(marta, 'A lamp without light')).toContainText('Casa Norte');
  await expect(marta.locator('.inbox-rows > li').first(), 'newest first').toContainText('A lamp without light');
  await expect(count(marta, 'All')).toHaveText('2');
});

test('what comes in either is there by itself, and counts', async ({ world }) => {
  await go(marta, '/everywhere');
  const same = await stay(marta);
  // her session looks at Casa Norte: this comes to the other
  await world.mail({ from: 'Ana <ana@correio.example>', to: aurora, subject: 'Where is my table?', text: 'I ordered it in May.' });
  await expect(row(marta, 'Where is my table?')).toContainText('Loja Aurora');
  await expect(count(marta, 'All')).toHaveText('3');
  await expect(marta.locator('.inbox-rows > li').first()).toContainText('Where is my table?');
  await compose(olga, 'liu@correio.example', 'A vase for the hall', 'A tall one.');
  await expect(row(marta, 'A vase for the hall')).toContainText('Casa Norte');
  await expect(count(marta, 'Tickets')).toHaveText('4');
  await olga.getByRole('button', { name: 'Solve', exact: true }).first().click();
  await expect(row(marta, 'A vase for the hall')).toHaveCount(0);
  await expect(count(marta, 'All')).toHaveText('3');
  await look(marta, 'everywhere');
  await same();
});

test('filters and orders are of all of them', async () => {
  const filter = (name: string) => marta.locator('.filter-button').filter({ hasText: name });
  await expect(filter('Department')).toHaveCount(0);
  await filter('Status').click();
  await marta.getByRole('link', { name: 'Any', exact: true }).click();
  await expect(row(marta, 'A vase for the hall')).toHaveCount(1);
  await marta.locator('.order-button').click();
  await marta.getByRole('link', { name: 'oldest', exact: true }).click();
  await expect(marta.locator('.inbox-rows > li').first()).toContainText('A broken chair');
  await marta.locator('.side-link').getByText('Unassigned', { exact: true }).click();
  await expect(row(marta, 'Where is my table?')).toHaveCount(1);
  await expect(row(marta, 'A vase for the hall')).toHaveCount(0);
  // without wasm it is a page like another
  const plain = await marta.request.get('/everywhere?status=any').then((page) => page.text());
  expect(plain).toContain('A vase for the hall');
});

test('by keys alone a row is opened in its property, and the answer goes out from there', async ({ world }) => {
  await go(marta, '/inbox');
  await pill(marta).focus();
  await marta.keyboard.press('ArrowDown');
  await expect(marta.getByRole('link', { name: 'All properties' })).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(marta.getByRole('heading', { name: 'All properties' })).toBeVisible();
  await expect(row(marta, 'Where is my table?')).toHaveCount(1);
  // another tab of hers is in the middle of a ticket for Casa Norte
  const other = await marta.context().newPage();
  await go(other, '/inbox?compose=1');
  await other.evaluate(() => { (window as any).before = true; });
  await marta.bringToFront();
  await marta.keyboard.press('j');
  await expect(row(marta, 'Where is my table?').locator('button')).toBeFocused();
  await marta.keyboard.press('j');
  await marta.keyboard.press('k');
  await expect(row(marta, 'Where is my table?').locator('button')).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/\/inbox\/\w+$/);
  await expect(marta.getByRole('heading', { name: 'Where is my table?' })).toBeVisible();
  await expect(pill(marta)).toContainText('Loja Aurora');
  await alive(marta);
  await marta.locator('#write-reply-text').fill('It comes tomorrow.');
  await marta.getByRole('button', { name: 'Send', exact: true }).click();
  const [letter] = await world.letters.about('Where is my table?', 1);
  expect(letter.from!.text).toContain('Loja Aurora');
  // the other tab was loaded anew, in the property where she is now
  await expect.poll(() => other.evaluate(() => (window as any).before ?? false)).toBe(false);
  await expect(pill(other)).toContainText('Loja Aurora');
  await other.close();
});

test('a page made for one property does nothing in another', async () => {
  await go(marta, '/inbox');
  const seen = marta.waitForRequest((request) => request.url().includes('/api/list_inbox'));
  await marta.locator('.side-link').getByText('Tickets', { exact: true }).click();
  const request = await seen;
  const headers = await request.allHeaders();
  expect(headers['x-property']).toMatch(/^\w{25}$/);
  const again = (property: string) => marta.request.post(request.url(), { headers: { 'content-type': 'application/json', origin: new URL(marta.url()).origin, 'x-property': property }, data: request.postData()! });
  expect((await again(headers['x-property'])).status()).toBe(200);
  expect((await again('0000000000000000000000001')).status(), 'refused, not answered from elsewhere').toBe(409);
});

test('a property that is closed to her leaves the open list within a second', async () => {
  await go(marta, '/everywhere');
  await expect(row(marta, 'A lamp without light')).toHaveCount(1);
  const same = await stay(marta);
  await go(olga, '/admin/agents');
  await olga.locator('.row-line').filter({ hasText: 'Marta Silva' }).getByRole('button', { name: 'Disable' }).click();
  await expect(row(marta, 'A lamp without light')).toHaveCount(0, { timeout: 2_500 });
  await expect(row(marta, 'A broken chair')).toHaveCount(1);
  await olga.locator('.row-line').filter({ hasText: 'Marta Silva' }).getByRole('button', { name: 'Enable' }).click();
  await expect(row(marta, 'A lamp without light')).toHaveCount(1);
  await same();
});

test('all of it in Portuguese', async ({ world }) => {
  await send(marta, world, '/account', 'change_profile', { name: 'Marta Silva', language: 'pt-BR' });
  await go(marta, '/everywhere');
  await expect(marta.getByRole('heading', { name: 'Todas as propriedades' })).toBeVisible();
  expect(await leftInEnglish(marta, /Marta|Olga|Loja Aurora|Casa Norte|chair|lamp|table/)).toEqual([]);
  expect(await cut(marta)).toEqual([]);
  await look(marta, 'everywhere-pt');
  expect(found).toEqual([]);
});
