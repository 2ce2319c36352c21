// Who is on the site: a real page with the real loader, an agent who sees it live, writes first, keeps a trigger, and bans.

import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { expect, Page } from '@playwright/test';
import { settle, widgetKey } from '../forms';
import { found, go, look, stay, test } from '../people';
import { inside, launcher, shows, writes } from '../visitor';

test.use({ story: 'visitors' });
test.describe.configure({ mode: 'serial' });

let marta: Page, shop: { url: string; server: Server }, key: string;
/** What the shop's pages sent to Recado. */
const beacons = (page: Page) => {
  const sent: { status: Promise<number | undefined>; body: any }[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/visit')) sent.push({ body: JSON.parse(request.postData()!), status: request.response().then((answer) => answer?.status(), () => undefined) });
  });
  return sent;
};
const teaser = (page: Page) => page.locator('recado-widget .teaser');
const row = (name: string | RegExp) => marta.locator('.visit-line', { hasText: name });

let strangers = 0;
/** A stranger on the shop's page, with a clock and a browser of their own: pages of like browsers at one address are joined only when
    there is no doubt. */
async function stranger(browser: any, where: string): Promise<Page> {
  const version = `${140 + strangers++}.0`;
  const page: Page = await (await browser.newContext({ locale: 'pt-BR', userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:${version}) Gecko/20100101 Firefox/${version}` })).newPage();
  await page.clock.install();
  await page.goto(shop.url + where);
  await expect(page.locator('recado-widget .launcher')).toBeAttached();
  return page;
}

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  key = await widgetKey(marta);
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Loja Aurora</title>
<script async src="${world.url}/w/${key}.js"></script></head><body><h1>Shop</h1><p><a href="/linen">Linen</a> <a href="/cart">Cart</a></p></body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  shop = { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
});

test.afterAll(() => {
  shop?.server.close();
  shop?.server.closeAllConnections();
});

test('monitoring is off: no beacon; an admin switches it on', async ({ browser }) => {
  const page = await stranger(browser, '/');
  const sent = beacons(page);
  await page.reload();
  await page.clock.runFor(60_000);
  await page.waitForTimeout(500);
  expect(sent).toEqual([]);
  await page.context().close();
  await go(marta, '/visitors');
  await expect(marta.getByText('Visitor monitoring is off')).toBeVisible();
  await expect(marta.locator('.top-nav a', { hasText: 'Visitors' }).locator('.count')).toHaveCount(0);
  await look(marta, 'visitors-off');
  await marta.getByRole('button', { name: 'Switch it on' }).click();
  await expect(marta.getByText('Nobody is on the site')).toBeVisible();
});

test('a visitor appears live, moves on, rests and is back', async ({ browser }) => {
  const same = await stay(marta);
  const page = await stranger(browser, '/');
  const sent = beacons(page);
  await expect(row('Firefox')).toBeVisible({ timeout: 12_000 });
  await expect(row('Firefox')).toContainText('Active');
  await page.getByRole('link', { name: 'Linen' }).click();
  await expect(row('/linen')).toContainText('2 pages', { timeout: 12_000 });
  await expect(marta.locator('.visit-line')).toHaveCount(1);
  await expect(marta.locator('.top-nav a', { hasText: 'Visitors' }).locator('.count')).toHaveText('1', { timeout: 20_000 });
  expect(new Set(sent.map((one) => one.body.page))).toEqual(new Set([`${shop.url}/linen`]));
  expect(await page.evaluate(() => ({ cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage } }))).toEqual({ cookie: '', local: {}, session: {} });
  // in steps, as time passes: beacons all sent at once may overtake each other
  for (let step = 0; step < 25; step++) {
    await page.clock.runFor(25_000);
    await page.waitForTimeout(60);
  }
  await expect(row('/linen')).toContainText('Idle', { timeout: 12_000 });
  expect(sent.at(-1)!.body.idle).toBe(true);
  const before = sent.length;
  await page.clock.runFor(300_000);
  expect(sent.length, 'nobody is there: nothing is said').toBe(before);
  await marta.getByRole('link', { name: /^Idle/ }).click();
  await expect(row('/linen')).toBeVisible();
  await look(marta, 'visitors');
  await page.mouse.move(20, 20);
  await page.mouse.move(40, 40);
  await expect(marta.getByText('Nobody here is like that now')).toBeVisible({ timeout: 12_000 });
  await marta.getByRole('link', { name: /^All/ }).click();
  await same();
  await page.context().close();
});

test('an agent writes first; the words stand beside the launcher, and the chat begins with them', async ({ browser }) => {
  const page = await stranger(browser, '/cart');
  await expect(row('/cart')).toBeVisible({ timeout: 12_000 });
  await row('/cart').locator('.visit-name').click();
  const opened = marta.locator('.visit-opened');
  await expect(opened.getByText('127.0.0.1').first()).toBeVisible();
  await opened.getByLabel('Message').fill('Can I help with your cart?');
  await look(marta, 'visit-opened');
  await opened.getByRole('button', { name: 'Send' }).click();
  await expect(marta.getByText('Your words are on their way.')).toBeVisible();
  await page.clock.runFor(21_000);
  await expect(teaser(page)).toContainText('Can I help with your cart?');
  await page.locator('recado-widget .teaser button').first().click();
  const frame = page.frameLocator('recado-widget iframe');
  await expect(frame.getByText('Can I help with your cart?')).toBeVisible({ timeout: 20_000 });
  await frame.locator('textarea').first().fill('Yes: is it free to return?');
  await page.clock.runFor(1_000);
  await frame.locator('button[type=submit]').last().click();
  await expect(row('In a chat with Marta Silva')).toBeVisible({ timeout: 12_000 });
  await row('In a chat').getByRole('link', { name: 'Chat' }).click();
  await expect(marta.locator('.bubble[data-message]').filter({ hasText: 'Can I help with your cart?' })).toBeVisible();
  await expect(marta.locator('.bubble').filter({ hasText: 'Yes: is it free to return?' })).toBeVisible();
  await page.context().close();
});

test('a trigger is kept, tried, fires once and is counted', async ({ browser }) => {
  await go(marta, '/admin/triggers');
  await expect(marta.getByText('No triggers yet')).toBeVisible();
  await marta.getByRole('link', { name: 'New trigger' }).click();
  await marta.getByLabel('Name', { exact: true }).fill('Cart help');
  await marta.getByRole('button', { name: 'Save the trigger' }).click();
  await expect(marta.getByText('Please fill this in.').first()).toBeVisible();
  await marta.getByLabel('Condition 1').selectOption('page');
  await marta.getByLabel('Value').first().fill('/cart*');
  await marta.getByRole('button', { name: 'Add a condition' }).click();
  await marta.getByLabel('Condition 2').selectOption('referrer');
  await marta.getByLabel('Compares').nth(1).selectOption('lacks');
  await marta.getByLabel('Value').nth(1).fill('nowhere.example');
  await marta.locator('.rule-row.action textarea').first().fill('Delivery is free today');
  await marta.getByRole('button', { name: 'Add an action' }).click();
  await marta.getByLabel('Action 2').selectOption('tag');
  await marta.locator('.rule-row.action textarea').nth(1).fill('cart');
  await marta.getByRole('button', { name: 'Try it' }).click();
  await expect(marta.locator('.dry')).toContainText(/[1-9]\d* of [1-9]\d* visits/);
  await look(marta, 'trigger-editor');
  await marta.getByRole('button', { name: 'Save the trigger' }).click();
  const listed = marta.locator('.trigger-line', { hasText: 'Cart help' });
  await expect(listed).toContainText('ran 0 times');
  await expect(listed).toContainText('decided by the server');

  const page = await stranger(browser, '/linen');
  await expect(teaser(page)).toBeHidden();
  await page.getByRole('link', { name: 'Cart' }).click();
  await expect(teaser(page)).toContainText('Delivery is free today');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('link', { name: 'Linen' }).click();
  await page.getByRole('link', { name: 'Cart' }).click();
  await page.clock.runFor(45_000);
  await page.waitForTimeout(500);
  await expect(teaser(page)).toBeHidden();
  await go(marta, '/admin/triggers');
  await expect(listed).toContainText('ran 1 time');
  await look(marta, 'triggers');
  await listed.getByRole('button', { name: 'Switch off' }).click();
  await expect(listed.getByRole('button', { name: 'Switch on' })).toBeVisible();
  await page.context().close();
});

test('a trigger that asks for details shows a form in the chat', async ({ browser }) => {
  await go(marta, '/admin/triggers');
  await marta.getByRole('link', { name: 'New trigger' }).click();
  await marta.getByLabel('Name', { exact: true }).fill('Who are you');
  await marta.getByLabel('When it looks').selectOption('rescue');
  await marta.getByLabel('Seconds without an agent').fill('1');
  await marta.getByLabel('Action 1').selectOption('ask_details');
  await marta.locator('.rule-row.action textarea').first().fill('Where do we write to you?');
  await marta.getByRole('button', { name: 'Save the trigger' }).click();
  await expect(marta.locator('.trigger-line', { hasText: 'Who are you' })).toBeVisible();
  const page = await stranger(browser, '/linen');
  await launcher(page).click();
  await writes(page).fill('Anybody?');
  await writes(page).press('Enter');
  await shows(page, 'Where do we write to you?');
  const card = inside(page).locator('[data-card=rescue]');
  await card.getByLabel('E-mail').fill('no address');
  await card.getByRole('button').click();
  await expect(card.locator('[aria-invalid]')).toBeFocused();
  await look(page, 'trigger-asks');
  await card.getByLabel('Name').fill('Iva Lima');
  await card.getByLabel('E-mail').fill('iva@lima.example');
  await card.getByRole('button').click();
  await expect(card).toHaveCount(0);
  await go(marta, '/inbox?kind=chat&sort=newest');
  await marta.locator('.row-link').filter({ hasText: 'Iva Lima' }).click();
  await expect(marta.getByText('Recado asked for name and e-mail')).toBeVisible();
  await expect(marta.getByText('iva@lima.example').first()).toBeVisible();
  await page.context().close();
});

test('who is banned is neither seen nor heard', async ({ browser }) => {
  const page = await stranger(browser, '/linen');
  const sent = beacons(page);
  await go(marta, '/visitors');
  await expect(row('/linen').first()).toBeVisible({ timeout: 12_000 });
  await row('/linen').first().locator('.visit-name').click();
  const opened = marta.locator('.visit-opened');
  await opened.getByText('Ban…').click();
  await opened.getByLabel('Reason, for colleagues').fill('Spam');
  await opened.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.getByText('They are banned.')).toBeVisible();
  await expect(marta.locator('.visit-line')).toHaveCount(0, { timeout: 12_000 });
  await page.clock.runFor(21_000);
  await expect.poll(async () => sent.at(-1)?.status).toBe(403);
  await page.context().close();
});

test('nothing was found wanting', () => {
  expect(found).toEqual([]);
});
