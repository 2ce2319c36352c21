// A line that is gone: a page that says so, and what was typed is there again.

import { Page } from '@playwright/test';
import { settle } from '../forms';
import { alive, compose, expect, go, look, test } from '../people';

test.use({ story: 'offline' });
test.describe.configure({ mode: 'serial' });

let marta: Page, ticket: string;

test('an agent whose browser has met Recado before', async ({ browser, world }) => {
  marta = await settle(browser, world);
  ticket = await compose(marta, 'joana@correio.example', 'Late parcel', 'We are looking for it.');
  await go(marta, ticket);
  await expect.poll(() => marta.evaluate(async () => (await navigator.serviceWorker.getRegistration('/'))?.active?.state)).toBe('activated');
});

test('when the network is back, another line is opened', async () => {
  for (const address of [ticket, '/everywhere']) {
    await go(marta, address);
    await marta.context().setOffline(true);
    const line = marta.waitForEvent('websocket', (line) => line.url().includes('/live'));
    await marta.context().setOffline(false);
    await line;
  }
  await go(marta, ticket);
});

test('what is typed without a line outlives the page', async () => {
  await marta.context().setOffline(true);
  await marta.keyboard.press('r');
  await marta.keyboard.type('Found it, it leaves today.');
  await expect.poll(() => marta.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('recado.draft.')).length)).toBe(1);
  await marta.reload();
  await expect(marta.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await look(marta, 'no-line');
  await marta.context().setOffline(false);
  await marta.getByRole('link', { name: 'Try again' }).click();
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeVisible();
  await alive(marta);
  await expect(marta.locator('#write-reply-text')).toHaveValue('Found it, it leaves today.');
  // once it is sent, nothing of it comes back
  await marta.locator('#write-reply-text').press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Found it, it leaves today.')).toBeVisible();
  await go(marta, ticket);
  await expect(marta.locator('#write-reply-text')).toHaveValue('');
  expect(await marta.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('recado.draft.')).length)).toBe(0);
});

test('what is typed while a reply is on its way stays', async () => {
  const field = marta.locator('#write-reply-text');
  let come = () => {};
  const held = new Promise<void>((done) => { come = done; });
  await marta.route('**/api/send_reply*', async (route) => { await held; await route.continue(); });
  await field.fill('It left at noon.');
  await field.press('Control+Enter');
  await field.press('End');
  await field.pressSequentially(' And it comes tomorrow.');
  come();
  await expect(marta.getByRole('log').getByText('It left at noon.')).toBeVisible();
  await expect(field).toHaveValue('And it comes tomorrow.');
  await marta.unroute('**/api/send_reply*');
  // it is kept, and a message of its own
  await marta.waitForTimeout(1_000);
  await go(marta, ticket);
  await expect(field).toHaveValue('And it comes tomorrow.');
  await field.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('And it comes tomorrow.')).toBeVisible();
  await expect(field).toHaveValue('');
});

test('a reply whose answer is lost is said once, and the next one is taken', async () => {
  const field = marta.locator('#write-reply-text');
  await marta.route('**/api/send_reply*', async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
  await field.fill('Said, and not heard of.');
  await field.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Said, and not heard of.')).toHaveCount(1);
  await expect(field).toHaveValue('');
  await field.fill('Said after it.');
  await field.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Said after it.')).toBeVisible();
  await expect(marta.locator('.sheet-problem')).toHaveText(['', '']);
  await expect(marta.getByRole('log').getByText('Said, and not heard of.')).toHaveCount(1);
});

test('a ticket that is being composed, too', async () => {
  await go(marta, '/inbox?compose=1');
  await marta.context().setOffline(true);
  await marta.getByLabel('Recipient e-mail').fill('tomas@oliveira.example');
  await marta.getByLabel('Subject').fill('Your invoice');
  await marta.getByLabel('Message').fill('Here it is.');
  await marta.waitForTimeout(800);
  await marta.reload();
  await expect(marta.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await marta.context().setOffline(false);
  await go(marta, '/inbox?compose=1');
  await expect(marta.getByLabel('Subject')).toHaveValue('Your invoice');
  await expect(marta.getByLabel('Message')).toHaveValue('Here it is.');
  await expect(marta.getByLabel('Recipient e-mail')).toHaveValue('tomas@oliveira.example');
});
